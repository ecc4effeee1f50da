//! GitHub as the runner names it, with the job's token.

use crate::config::inputs::Keys;
use crate::edge::actions;
use crate::edge::github::{self, Github};

/// Has to be called inside of what is waited for.
pub fn connect(keys: &Keys) -> anyhow::Result<Github> {
    Github::connect(&github::Connection {
        base_url: actions::api_url().unwrap_or_else(|| github::BASE_URL.to_owned()),
        token: keys.github_token.clone(),
        proxy: None,
        patience: github::Patience::default(),
    })
}
