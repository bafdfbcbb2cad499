//! Looking back in a table of a million callbacks, and of five: pages, filters, text, counts; and the same while callbacks
//! come in. Beside it, on the same rows, what is usually written instead.

mod ask;
mod questions;

use std::sync::Arc;

use anyhow::Context as _;

use self::ask::{Asker, Times};
use super::Scale;
use crate::{
    load::{Requests, open},
    report::{Section, Sizes},
    stage::{Server, Stage, fill},
};

/// Of one kind of question, at each size of the table.
const ASKED: usize = 100;
/// What comes in meanwhile, over so many connections.
const LOAD_CONNECTIONS: usize = 64;
const LOAD_SECONDS: u32 = 5;
/// Where page 10,000 of 25 rows begins, from the newest.
const FAR: i64 = 250_000;

const HISTORY: &str = "/api/admin/llm-callbacks/history?limit=25";

pub async fn measure(stage: &Stage, scale: &Scale) -> anyhow::Result<Section> {
    let server = stage.product("lists", &[]).await?;
    let client = server.client().await?;
    let mut table = Sizes::of("callbacks", &scale.rows);
    let mut from = 1;
    for (place, rows) in scale.rows.into_iter().enumerate() {
        fill(&client, from, rows).await?;
        stage.checkpoint().await?;
        from = rows + 1;
        let mut add = |what: &str, value: f64| table.add(what, place, value);
        pages(&server, rows, &mut add).await?;
        counts(&server, rows, &mut add).await?;
        usual(&client, &mut add).await?;
        under_load(stage, &server, rows, scale.load_rate, &mut add).await?;
    }
    server.stop().await?;
    Ok(Section {
        title: "Looking back",
        about: format!(
            "One round. One connection, one question at a time, from sending it until its answer is read; p50 and p99 of \
             {ASKED}, in milliseconds. “Any filters” are the {} combinations of up to three filters, with values that are \
             common, rare, or never together, on page 1 and on page 10,000; a search that finds too little for a page \
             stops and is asked to go on: its times are of each question. Under load {} callbacks a second come \
             in. What is usual is one statement on the same rows.",
            questions::combinations().len(),
            scale.load_rate
        ),
        tables: vec![table.markdown()],
        plots: Vec::new(),
    })
}

async fn pages(server: &Server, rows: i64, add: &mut impl FnMut(&str, f64)) -> anyhow::Result<()> {
    let mut asker = Asker::open(server).await?;
    let far = format!("{HISTORY}&before={}", rows - FAR);
    asker.times(&[HISTORY.to_owned()], ASKED).await?.add("page 1", add);
    let page = asker.times(std::slice::from_ref(&far), ASKED).await?;
    page.add("page 10,000", add);
    let mut any: Vec<String> = Vec::new();
    for query in questions::combinations() {
        any.push(format!("{HISTORY}{query}"));
        any.push(format!("{far}{query}"));
    }
    asker.times(&any, any.len() * 3).await?.add("any filters", add);
    let search = asker.search(&format!("{HISTORY}&q=nowhere")).await?;
    search.answers.add("each question of a text that is nowhere", add);
    add("seconds until it is known to be nowhere", search.seconds);
    Ok(())
}

async fn counts(server: &Server, rows: i64, add: &mut impl FnMut(&str, f64)) -> anyhow::Result<()> {
    let mut asker = Asker::open(server).await?;
    let api = "/api/admin/llm-callbacks";
    for (what, path) in [
        ("unviewed count, none viewed", format!("{api}/unviewed-count")),
        ("count of what did not verify", format!("{api}/invalid-signature-count")),
        ("what there is to filter by", format!("{api}/facets")),
        ("check from the middle", format!("{api}/check?limit=20&after={}", rows / 2)),
        ("one callback and its job", format!("{api}/{}", asker.id(rows / 2).await?)),
    ] {
        asker.times(&[path], ASKED).await?.add(what, add);
    }
    Ok(())
}

/// What would be written without these indexes and bounds.
async fn usual(client: &tokio_postgres::Client, add: &mut impl FnMut(&str, f64)) -> anyhow::Result<()> {
    for (what, sql) in [
        (
            "usual: page 10,000 by offset",
            "select * from llm_callbacks order by seq desc offset 250000 limit 25",
        ),
        (
            "usual: one text anywhere by ilike",
            "select count(*) from (select 1 from llm_callbacks where payload_preview ilike '%nowhere%' limit 25) t",
        ),
        ("usual: count(*)", "select count(*) from llm_callbacks"),
        (
            "usual: unviewed by not in",
            "select count(*) from llm_callbacks where id not in (select callback_id from llm_callback_views)",
        ),
    ] {
        let begun = tokio::time::Instant::now();
        client.query(sql, &[]).await.context(what)?;
        add(&format!("{what}, ms"), begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

async fn under_load(
    stage: &Stage,
    server: &Server,
    rows: i64,
    rate: u32,
    add: &mut impl FnMut(&str, f64),
) -> anyhow::Result<()> {
    let count = (rate * LOAD_SECONDS) as usize;
    let requests = Arc::new(Requests::sign(count, &stage.secret));
    let load = tokio::spawn(open(server.address, LOAD_CONNECTIONS, rate, count, requests));
    let mut asker = Asker::open(server).await?;
    let id = asker.id(rows / 2).await?;
    let mut times = [Times::default(), Times::default(), Times::default()];
    while !load.is_finished() {
        let api = "/api/admin/llm-callbacks";
        let paths =
            [format!("{api}/check?limit=20&after={}", rows / 2), format!("{api}/{id}"), HISTORY.to_owned()];
        for (times, path) in times.iter_mut().zip(&paths) {
            times.push(asker.time(path).await?);
        }
    }
    let run = load.await??;
    for (times, what) in times.into_iter().zip(["check", "one callback", "page 1"]) {
        times.add(&format!("{what}, under load"), add);
    }
    add("p99 of an acknowledgement meanwhile, ms", run.percentile_ms(990));
    // The next size begins where the rows would have: what has come is taken away again.
    let client = server.client().await?;
    client.execute("delete from llm_callbacks where seq > $1", &[&rows]).await?;
    Ok(())
}
