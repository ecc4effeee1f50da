//! Every decision of a run, told from its bundle alone.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::inputs::{BadInput, Inputs};
use crate::edge::bundle;
use crate::flows::hand_on::HandedOn;
use crate::flows::place;
use crate::stages::audit;
use crate::stages::render::why;

/// The text of `self-heal why`. The bundle is checked first: a changed one tells nothing.
pub fn why(folder: Option<&Path>, inputs: &Inputs) -> anyhow::Result<String> {
    let folder = match folder.or(inputs.bundle.as_deref()) {
        Some(folder) => folder.to_owned(),
        None => newest(inputs)?,
    };
    let handed_on = HandedOn::read(&folder, inputs.bundle_sha256.as_deref())?;
    let chain = handed_on.text("audit.jsonl").unwrap_or_default();
    let lines = audit::verify(&chain).map_err(BadInput)?;
    Ok(why::why(&handed_on.bundle, &lines))
}

/// The bundle written last in this repository.
fn newest(inputs: &Inputs) -> anyhow::Result<PathBuf> {
    let bundles = place::bundles(&place::workspace(inputs)?);
    bundle::newest(&bundles)
        .with_context(|| format!("look for bundles in {}", bundles.display()))?
        .ok_or_else(|| BadInput(format!("{} holds no bundle: name one, `self-heal why DIR`", bundles.display())).into())
}
