//! Each promise broken on purpose in a running system, and found. Nothing in the product can be switched off for it:
//! PostgreSQL is given another procedure, or crashes. Where only the product's own code could break a promise (replay
//! without the overlap), `model::tests` falsifies the history instead.

use std::time::Duration;

use crate::fault::Fault;
use crate::model::Rule;
use crate::plan::{Act, Crowd, Plan, Sabotage};
use crate::play::play;

/// The promises that are found broken, after a few seconds of it.
async fn found(name: &'static str, sabotage: Sabotage, faults: &[Fault]) -> Vec<Rule> {
    let mut plan = Plan::short(1);
    plan.setting.name = name;
    // The timer would mend what notifications miss.
    plan.setting.poll_interval = "1h";
    plan.settle = Duration::from_secs(3);
    plan.crowd = Crowd { senders: 8, interval: Duration::from_millis(40), ..plan.crowd };
    let suffered =
        Act { faults: faults.to_vec(), hold: Duration::from_millis(500), pause: Duration::from_secs(2) };
    plan.acts = vec![Act::quiet(Duration::from_secs(2)), suffered];
    plan.sabotage = Some(sabotage);
    let mut rules: Vec<Rule> = play(plan).await.breaches.into_iter().map(|breach| breach.rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// Between drawing a position and committing, now and then.
const DAWDLING: &str = "
    create function dawdle() returns trigger language plpgsql as $$
    begin perform pg_sleep(0.2 * greatest(0, random() - 0.5)); return null; end $$;
    create trigger dawdle after insert on llm_callbacks execute function dawdle()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_drawn_without_the_lock_are_found() {
    let replace = &[("perform pg_advisory_xact_lock(7161124095258616683);", "")];
    let rules = found("unlocked", Sabotage { replace, sql: &[DAWDLING] }, &[]).await;
    assert!(rules.contains(&Rule::Seen) || rules.contains(&Rule::InOrder), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_before_the_commit_is_durable_is_found() {
    let replace = &[
        ("not in ('on', 'remote_apply')", "is not null"),
        ("set_config('synchronous_commit', 'on', true)", "set_config('synchronous_commit', 'off', true)"),
    ];
    let lazily = &["alter system set wal_writer_delay = '10s'", "select pg_reload_conf()"];
    let rules = found("hasty", Sabotage { replace, sql: lazily }, &[Fault::DatabaseCrashed]).await;
    assert!(rules.contains(&Rule::Kept), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_notification_without_the_timer_is_found() {
    let replace = &[("if notifies and inserted > 0 then", "if false then")];
    let rules = found("silent", Sabotage { replace, sql: &[] }, &[]).await;
    assert!(rules.contains(&Rule::CaughtUp), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callbacks_that_are_stored_again_are_found() {
    let replace = &[("and dedupe_key = dedupe_keys[place]", "and false")];
    let sql = &["alter table llm_callbacks drop constraint llm_callbacks_dedupe_key"];
    let rules = found("doubling", Sabotage { replace, sql }, &[]).await;
    assert!(rules.contains(&Rule::Once), "{rules:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payloads_that_are_not_kept_byte_for_byte_are_found() {
    let replace = &[("payloads[place]::json,", "payloads[place]::jsonb::text::json,")];
    let rules = found("reshaping", Sabotage { replace, sql: &[] }, &[]).await;
    assert!(rules.contains(&Rule::Sent), "{rules:?}");
}
