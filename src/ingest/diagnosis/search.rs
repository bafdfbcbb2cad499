//! The search for what was signed, with what, and how.
//!
//! Key, algorithm, content and body each are as configured or differ in one way. Nothing differing is tried first, then
//! one, then two at once; so what is found is the simplest explanation, and every part of it is needed: without it the
//! signature did not match. How the signature is written costs nothing to vary and is looked at each time.

use ed25519_dalek::VerifyingKey;
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::{
    Case,
    algorithms::{Algorithm, algorithms},
    bodies::{self, Form},
    contents::{Variant, contents},
    keys::{Key, Material, keys},
    presented::{Candidate, Match},
};
use crate::{
    callback::Finding,
    source::scheme::{Signed, Tag},
};

/// Signatures that are computed for one diagnosis. All pairs of what may differ are some 4,000, and up to 2,000 more
/// where many numbers may have been written otherwise; a small body is done with in some milliseconds.
const TAGS_MAX: u32 = 8_192;
/// Bytes that are hashed or written for one diagnosis: with bodies of 1 MiB every single difference, but not all
/// pairs. Less than a second.
const BYTES_MAX: usize = 256 * 1024 * 1024;
/// Signatures of key pairs that are checked for one diagnosis. Each takes some 50 microseconds, as long as fifty of the
/// others, and who sends many of them has each tried. Every single difference of one signature is within it.
const CHECKS_MAX: u32 = 1_024;
/// What one computation costs beyond the body: the key, the timestamp.
const OVERHEAD_BYTES: usize = 256;
/// Differences that are tried at once. With three, almost any pair of bytes could be explained, and nobody would know
/// what to do first.
const DIFFERENCES_MAX: usize = 2;

/// How much was computed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    tags: u32,
    checks: u32,
    bytes: usize,
    ended_early: bool,
}

impl Effort {
    pub fn tried(&self) -> u32 {
        self.tags
    }

    pub fn is_complete(&self) -> bool {
        !self.ended_early
    }

    /// Whether there is room for so much more.
    fn spend(&mut self, tags: u32, bytes: usize) -> bool {
        self.tags = self.tags.saturating_add(tags);
        self.bytes = self.bytes.saturating_add(bytes);
        self.is_within()
    }

    /// Whether there is room to check one more.
    fn check(&mut self) -> bool {
        self.checks = self.checks.saturating_add(1);
        self.is_within()
    }

    fn is_within(&mut self) -> bool {
        self.ended_early = self.tags > TAGS_MAX || self.bytes > BYTES_MAX || self.checks > CHECKS_MAX;
        !self.ended_early
    }
}

/// What explains one of the signatures presented; `None` where nothing does.
pub fn search(case: &Case<'_>, candidates: &[Candidate<'_>], effort: &mut Effort) -> Option<Vec<Finding>> {
    let body = case.body?;
    let signature = case.source.scheme.signature.as_ref()?;
    let search = Search {
        case,
        candidates,
        contents: contents(case, signature),
        algorithms: algorithms(signature.algorithm),
        keys: keys(case),
    };
    let forms = bodies::forms(body);
    for differences in 0..=DIFFERENCES_MAX {
        if let Some(found) = search.body(body, None, differences, effort) {
            return Some(found);
        }
        let tried = forms.iter().filter_map(|form| Some((form, form.beside(differences)?)));
        for (form, beside) in tried {
            if !effort.spend(0, form.cost(body)) {
                return None;
            }
            let written = form.write(body).filter(|written| written.as_slice() != body);
            let found = written.and_then(|body| search.body(&body, Some(form), beside, effort));
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

struct Search<'a> {
    case: &'a Case<'a>,
    candidates: &'a [Candidate<'a>],
    contents: Vec<Variant<'a>>,
    algorithms: Vec<Algorithm>,
    keys: Vec<Key>,
}

impl Search<'_> {
    /// With exactly so many differences beyond the body's.
    fn body(
        &self,
        body: &[u8],
        form: Option<&Form<'_>>,
        differences: usize,
        effort: &mut Effort,
    ) -> Option<Vec<Finding>> {
        for content in &self.contents {
            for algorithm in &self.algorithms {
                let first = usize::from(content.finding.is_some()) + usize::from(algorithm.finding.is_some());
                for key in &self.keys {
                    if first + usize::from(key.finding.is_some()) != differences {
                        continue;
                    }
                    if !effort.spend(1, body.len() + OVERHEAD_BYTES) {
                        return None;
                    }
                    let found = self.matching(body, content, algorithm, key, effort);
                    if let Some((candidate, how)) = found {
                        let received = self.case.body.unwrap_or_default();
                        let form = form.map_or_else(Vec::new, |form| form.findings(received));
                        let made = [content.finding.clone(), algorithm.finding.clone()];
                        let own =
                            key.finding.clone().into_iter().chain(form).chain(made.into_iter().flatten());
                        return Some(own.chain(candidate.findings(self.case, how)).collect());
                    }
                }
            }
        }
        None
    }

    fn matching(
        &self,
        body: &[u8],
        content: &Variant<'_>,
        algorithm: &Algorithm,
        key: &Key,
        effort: &mut Effort,
    ) -> Option<(&Candidate<'_>, Match)> {
        let request = Signed { presented: content.presented, headers: self.case.headers, body };
        let bytes = match &key.material {
            Material::Shared(bytes) => bytes,
            Material::Public(public) => {
                let candidate = self.signed_by(public, &content.content.message(request), effort)?;
                return Some((candidate, Match::Whole));
            }
        };
        let tag = algorithm.method.tag(bytes.expose_secret(), &content.content, request)?;
        self.candidates.iter().find_map(|candidate| Some((candidate, compare(&candidate.bytes, &tag)?)))
    }

    fn signed_by(
        &self,
        public: &VerifyingKey,
        message: &[u8],
        effort: &mut Effort,
    ) -> Option<&Candidate<'_>> {
        for candidate in self.candidates {
            let Some(tag) = candidate.tag().filter(Tag::is_of_a_pair) else { continue };
            if !effort.check() {
                return None;
            }
            if tag.is_signed_by(public, message) {
                return Some(candidate);
            }
        }
        None
    }
}

/// Bytes below which a beginning that is equal says nothing.
const BEGINNING_BYTES_MIN: usize = 8;

fn compare(presented: &[u8], tag: &[u8]) -> Option<Match> {
    if presented.len() >= tag.len() {
        return bool::from(presented.ct_eq(tag)).then_some(Match::Whole);
    }
    let beginning = tag.get(..presented.len()).filter(|start| start.len() >= BEGINNING_BYTES_MIN)?;
    bool::from(presented.ct_eq(beginning))
        .then_some(Match::Beginning { bytes: presented.len(), of: tag.len() })
}
