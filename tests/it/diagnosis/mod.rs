//! Why a request did not verify: a table of senders that each make one mistake, on every scheme where it can be made. The
//! diagnosis must name it, and nothing else.
//!
//! The senders sign with a few lines of their own, not with the code that is judged.

mod made;
mod proofs;
mod signatures;
