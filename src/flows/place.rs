//! Where things are: the workspace, and the folder that bundles go to.

use std::path::{Path, PathBuf};

use crate::config::inputs::{BadInput, Inputs};
use crate::edge::{actions, git, store};

/// The checkout to work on.
pub fn workspace(inputs: &Inputs) -> Result<PathBuf, BadInput> {
    let given = inputs.workspace.clone().unwrap_or_else(|| PathBuf::from("."));
    store::directory(&given).map_err(|error| {
        BadInput(format!("the workspace {}: {error}: name a folder with --workspace", given.display()))
    })
}

/// Bundles go to the runner's temporary folder, else into the git directory, where nobody commits them.
pub fn bundles(workspace: &Path) -> PathBuf {
    if let Some(temporary) = actions::temporary() {
        return temporary.join("self-heal");
    }
    match git::discover::find(workspace) {
        Ok(found) => found.git_directory.join("self-heal"),
        Err(_) => store::own_temporary().join("self-heal"),
    }
}

/// The bundle's folder for one incident: `--bundle`, else by its name.
pub fn bundle(inputs: &Inputs, workspace: &Path, name: &str) -> PathBuf {
    inputs.bundle.clone().unwrap_or_else(|| bundles(workspace).join(name))
}
