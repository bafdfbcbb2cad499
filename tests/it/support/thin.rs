//! A source whose callbacks only name their object: how it is configured, and what it sends.

use callbackd::source::scheme::Envelope;
use callbackd::source::{self, Source};
use chrono::Utc;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::eventually;
use super::service::Service;
use super::site::{Answer, Site};

pub const KEY: &str = "sk-the-key-of-the-service";
const SECRET: &str = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=";

/// `openai`, with its API at a server of ours.
pub struct Thin {
    settings: Vec<(String, String)>,
    source: Source,
}

impl Thin {
    pub fn of(service: &Service, more: &[(&str, &str)]) -> Self {
        let url = format!("http://{}", service.address);
        let own = [("PRIVATE_NETWORKS", "127.0.0.0/8")];
        Self::at(&url, &own.iter().chain(more).copied().collect::<Vec<_>>())
    }

    pub fn at(url: &str, more: &[(&str, &str)]) -> Self {
        let urls = [("response.*", "v1/responses"), ("batch.*", "v1/batches")];
        Self::with(&urls.map(|(event, path)| (event, format!("{url}/{path}/{{id}}"))), more)
    }

    /// An address for each event.
    pub fn with(urls: &[(&str, String)], more: &[(&str, &str)]) -> Self {
        let urls: Vec<_> = urls.iter().map(|(event, url)| format!("\"{event}\" = \"{url}\"")).collect();
        let urls = format!("{{ {} }}", urls.join(", "));
        let mut settings =
            vec![("SECRET".to_owned(), SECRET.to_owned()), ("FETCH_KEY".to_owned(), KEY.to_owned())];
        settings.push(("FETCH_URL".to_owned(), urls));
        settings.extend(more.iter().map(|(name, value)| (format!("FETCH_{name}"), (*value).to_owned())));
        let mut source = source::find(&[], "openai").expect("it is good").expect("it is there");
        source.add_secret(&SecretString::from(SECRET)).expect("a secret");
        let named = |(name, value)| (format!("CALLBACKD_SOURCES_OPENAI_{name}"), value);
        Self { settings: settings.into_iter().map(named).collect(), source }
    }

    pub fn settings(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// A callback of this event that names this object.
    pub async fn send(&self, site: &Site, event: &str, object: &str) -> Answer {
        self.send_signed(site, event, object, &self.source).await
    }

    /// One that somebody else has signed.
    pub async fn forge(&self, site: &Site, object: &str) -> Answer {
        let mut forger = self.source.clone();
        forger.add_secret(&SecretString::from("whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==")).expect("a secret");
        self.send_signed(site, "response.completed", object, &forger).await
    }

    async fn send_signed(&self, site: &Site, event: &str, object: &str, sender: &Source) -> Answer {
        let body =
            json!({"object": "event", "id": "evt_1", "type": event, "data": {"id": object}}).to_string();
        let id = uuid::Uuid::new_v4().to_string();
        let secret = sender.secrets.first().expect("it has one");
        let headers = sender.scheme.sign(secret, Envelope { id: &id, at: Utc::now() }, body.as_bytes());
        let request = site.request(Method::POST, &self.source.path).body(body);
        site.ask(headers.iter().fold(request, |request, it| request.header(&it.name, &it.value))).await
    }

    /// The id of one that is stored.
    pub async fn store(&self, site: &Site, event: &str, object: &str) -> String {
        let answer = self.send(site, event, object).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text("id").to_owned()
    }
}

/// How fetching the object of a callback stands.
pub async fn object(site: &Site, token: &str, id: &str) -> Value {
    let answer = site.get(token, &format!("/api/admin/llm-callbacks/{id}")).await;
    answer.json["callback"]["object"].clone()
}

/// The same once it is so.
pub async fn until(site: &Site, token: &str, id: &str, state: &str) -> Value {
    let mut last = Value::Null;
    let ends = async || {
        last = object(site, token, id).await;
        last["state"] == state || last["state"] == "failed"
    };
    eventually(&format!("the object of {id} is {state}"), ends).await;
    assert_eq!(last["state"], state, "{last}");
    last
}
