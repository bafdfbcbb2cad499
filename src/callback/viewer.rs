//! Who looks, and at what: the one place that decides what a person may see of the stored callbacks.

use uuid::Uuid;

/// Somebody who looks at callbacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The person's profile: what they have viewed is kept under it.
    pub profile: Uuid,
    pub scope: Scope,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything: an admin.
    All,
    /// Verified callbacks whose `subject_user_id` is this, and nothing else. What was not verified names its owner
    /// without proof, so it is nobody's.
    Owner(String),
}

impl Viewer {
    pub fn admin(profile: Uuid) -> Self {
        Self { profile, scope: Scope::All }
    }

    /// A member's callbacks are those whose payload names their profile.
    pub fn member(profile: Uuid) -> Self {
        Self { profile, scope: Scope::Owner(profile.to_string()) }
    }
}

impl Scope {
    /// As the statements take it: null is everything.
    pub(super) fn owner(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Owner(owner) => Some(owner),
        }
    }
}
