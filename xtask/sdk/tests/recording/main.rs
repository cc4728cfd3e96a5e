//! Recording and drift, against the simulator over real sockets.

mod canary;
mod drift;
mod record;
mod scene;
