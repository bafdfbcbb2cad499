//! What it costs to have callbackd: how long it takes to start on a data folder that is there already, and the memory it
//! has taken when nothing is asked of it.

use std::time::Duration;

use super::Scale;
use crate::{
    report::{Section, Single, resident_mb},
    stage::{DataFolder, Stage},
};

/// After the start, until memory is looked at.
const SETTLING: Duration = Duration::from_secs(1);

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let log = stage.folder.join("start.log");
    let folder = DataFolder::new();
    let first = folder.start(&log).await?;
    let first_start = first.started_in;
    first.stop().await?;
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let server = folder.start(&log).await?;
        starts.push(server.started_in.as_secs_f64());
        tokio::time::sleep(SETTLING).await;
        memory.push(resident_mb(server.pid()));
        server.stop().await?;
    }
    let mut table = Single::default();
    table.add("first start, with a new database, s", vec![first_start.as_secs_f64()], "");
    table.add("start on an existing data folder, s", starts, "< 3");
    table.add("memory when idle, MB", memory, "≤ 30");
    Ok(Section {
        title: "Starting, and memory",
        about: format!(
            "`callbackd serve` with a PostgreSQL of its own: from starting the process until `/readyz` answers 200, and \
             its resident memory {} s later, PostgreSQL not counted.",
            SETTLING.as_secs()
        ),
        tables: vec![table.markdown()],
        plots: Vec::new(),
    })
}
