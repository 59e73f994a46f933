//! Real clients, or recordings of them where they are in no registry.

mod hexoskin;
