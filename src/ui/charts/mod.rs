//! Charts drawn on the server as SVG: they need no scripts, and each has its table twin.
//!
//! A chart must never be the only way to a figure, and never draw "no data" as zero.

pub mod bars;
pub mod scale;

pub use bars::*;
pub use scale::*;
