pub(crate) mod source;
pub(crate) mod model;
pub(crate) mod query;

pub(crate) mod fetch;
pub(crate) mod parse;
pub(crate) mod clean;
pub(crate) mod split;
pub(crate) mod decide;
pub(crate) mod archive;
pub(crate) mod update;
pub(crate) mod render;
pub(crate) mod config;
pub(crate) mod terminal;
pub(crate) mod commands;
