//! Every decision of a run, told from its bundle alone.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::inputs::{BadInput, Inputs};
use crate::edge::bundle;
use crate::flows::place;
use crate::stages::audit;
use crate::stages::render::bundle::{FILES, open};
use crate::stages::render::why;

/// The text of `self-heal why`. The bundle is checked first: a changed one tells nothing.
pub fn why(folder: Option<&Path>, inputs: &Inputs) -> anyhow::Result<String> {
    let folder = match folder.or(inputs.bundle.as_deref()) {
        Some(folder) => folder.to_owned(),
        None => newest(inputs)?,
    };
    let files = bundle::read(&folder, &FILES).map_err(|error| BadInput(format!("{error:#}")))?;
    let checked = open(&files.bundle_json, &files.files)
        .map_err(|error| BadInput(format!("the bundle {}: {error}", folder.display())))?;
    let chain = files.files.get("audit.jsonl").map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let lines = audit::verify(&chain.unwrap_or_default()).map_err(BadInput)?;
    Ok(why::why(&checked, &lines))
}

/// The bundle written last in this repository.
fn newest(inputs: &Inputs) -> anyhow::Result<PathBuf> {
    let bundles = place::bundles(&place::workspace(inputs)?);
    bundle::newest(&bundles)
        .with_context(|| format!("look for bundles in {}", bundles.display()))?
        .ok_or_else(|| BadInput(format!("{} holds no bundle: name one, `self-heal why DIR`", bundles.display())).into())
}
