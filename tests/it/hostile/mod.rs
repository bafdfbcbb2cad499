//! What nobody sends who means well, to the real sockets of a real server.

mod connections;
mod framing;
mod heads;
mod memory;
mod parameters;
mod paths;
