//! Blocked always: submodules, symlinks, mode changes and binaries.

use super::purpose::PatchFor;
use crate::config::policy::Policy;
use crate::domain::patch::{Blob, FileChange, Mode, Patch};
use crate::domain::verdict::Violation;

pub fn judge(patch: &Patch, _: &Policy, _: PatchFor<'_>) -> Vec<Violation> {
    patch.files.iter().filter_map(of_file).collect()
}

fn of_file(file: &FileChange) -> Option<Violation> {
    let sides = || [&file.before, &file.after].into_iter().flatten();
    let is = |mode: Mode| sides().any(|blob| blob.mode == mode);
    let shown = file.path.escape_debug();
    let violation = |code: &'static str, text: String| Some(Violation { code, file: Some(file.path.clone()), text });
    if is(Mode::Submodule) {
        return violation("file.submodule", format!("`{shown}` is a submodule: change it in its own repository"));
    }
    if is(Mode::Symlink) {
        return violation("file.symlink", format!("`{shown}` is a symbolic link: change the file it stands for"));
    }
    if let (Some(before), Some(after)) = (&file.before, &file.after)
        && before.mode != after.mode
    {
        let (before, after) = (before.mode.as_str(), after.mode.as_str());
        return violation(
            "mode.changed",
            format!("`{shown}` changes its mode from {before} to {after}: leave it as it is"),
        );
    }
    if sides().any(|blob: &Blob| blob.text().is_none()) {
        return violation("file.binary", format!("`{shown}` is not text: a patch changes only text"));
    }
    None
}
