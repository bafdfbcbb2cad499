//! What receives: made before the database is asked for anything, since it may have to do without.

use tokio::sync::mpsc;
use uuid::Uuid;

use super::infallible;
use crate::{
    callback,
    config::Config,
    db::{self, Db},
    hub::Hub,
    ingest::{
        Appender, DeliveryWatch, Drain, Examiner, HANDED_MAX, Handed, Ingest, Keep, Recorder, Sources, Spool,
        Teller, Writer,
    },
    shutdown::Shutdown,
};

/// Stations that receive, and their tasks, which do not run yet.
pub struct Entrance {
    pub ingest: Ingest,
    /// What the writer hands to the listener.
    pub handed: mpsc::Receiver<Handed>,
    pub tasks: Tasks,
}

/// Those that need the database, and its schema.
pub struct Tasks {
    writer: Writer,
    drain: Option<Drain>,
    examiner: Examiner,
    recorder: Recorder,
    watch: DeliveryWatch,
}

impl Entrance {
    /// The spool's own tasks run from now on: they need nothing but its disk.
    pub fn new(
        config: &Config,
        direct: db::Settings,
        db: &Db,
        hub: &Hub,
        sources: Sources,
        node: Uuid,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let (alerts, callbacks) = (hub.alerts(), callback::Store::new(db.clone()));
        let (hands, handed) = mpsc::channel(HANDED_MAX);
        let queue_max = config.ingest.queue_callbacks_max;
        let (writer, queue) =
            Writer::new(direct, queue_max, hands, alerts.clone(), node, config.spool.is_some());
        let (examiner, examinations) = Examiner::new(callbacks.clone(), sources.clone());
        let (recorder, rejects) =
            Recorder::new(db.clone(), config.rejects.clone(), sources.clone(), examinations);
        let (watch, deliveries) = DeliveryWatch::new(callbacks, alerts.clone());
        let spool = config.spool.as_ref().map(|settings| {
            Spool::open(&settings.dir, settings.bytes_max, alerts.clone())
                .map(|(spool, appender)| started(spool, appender, hub, shutdown))
        });
        let spool = spool.transpose()?;
        let drain = spool.clone().map(|spool| Drain::new(spool, queue.clone(), deliveries.clone()));
        let keep = Keep { queue, spool };
        let ingest = Ingest::new(config.ingest.clone(), sources, keep, rejects, deliveries, alerts.clone());
        Ok(Self { ingest, handed, tasks: Tasks { writer, drain, examiner, recorder, watch } })
    }
}

fn started(spool: Spool, appender: Appender, hub: &Hub, shutdown: &Shutdown) -> Spool {
    shutdown.task("spool", infallible(appender.run(shutdown.hard.clone())));
    let teller = Teller::new(spool.clone(), hub.clone());
    shutdown.task("news of the spool", infallible(teller.run(shutdown.hard.clone())));
    spool
}

impl Tasks {
    /// Nothing can be expected of the database for as long as they do not run.
    pub fn presume_away(&self) {
        self.writer.presume_away();
    }

    pub fn start(self, shutdown: &Shutdown) {
        let hard = || shutdown.hard.clone();
        shutdown.task("writer", self.writer.run(hard()));
        shutdown.task("examiner of rejects", self.examiner.run(hard()));
        shutdown.task("recorder of rejects", self.recorder.run(hard()));
        shutdown.task("watch over deliveries", self.watch.run(hard()));
        if let Some(drain) = self.drain {
            shutdown.task("drain of the spool", infallible(drain.run(hard())));
        }
    }
}
