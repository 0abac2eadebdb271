//! Wasmtime's C API, whole, as a static library. Nothing of Limen's own is here: the crate exists
//! so that cargo pins and builds the engine with the features that Limen uses.

pub use wasmtime_c_api::*;
