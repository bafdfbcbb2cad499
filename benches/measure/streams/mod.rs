//! To very many streams: callbackd in a field of other servers of streams, each given the same messages; and what becomes
//! of it when many come back at once, or do not read.

mod back;
mod flood;
mod held;
mod sides;
mod spread;

use crate::{measure::Scale, report::Section, stage::Stage};

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let (kinds, who) = sides::present(stage).await;
    let (spread, plot) = spread::measure(stage, scale, &kinds).await?;
    let tables = vec![
        spread,
        back::measure(stage, scale, &kinds).await?,
        held::measure(stage, scale).await?,
        flood::measure(stage, scale).await?,
    ];
    Ok(Section {
        title: "To ten thousand streams",
        about: format!(
            "Rounds of callbackd and those beside it, one after the other, in another order each time. Every message is \
             an event of some 700 bytes. To callbackd it is sent as a signed callback, which it stores and commits before \
             it passes it on, to streams of as many sessions of their own; the others pass on what they are given, to \
             anybody.\n\n{who}"
        ),
        tables,
        plots: vec![plot],
    })
}
