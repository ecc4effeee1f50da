//! A change to a tree, as git sees it after it was applied.

use super::id::Sha256;

/// A git file mode, as far as we tell modes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    File,
    Executable,
    Symlink,
    Submodule,
}

impl Mode {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "100644" => Some(Self::File),
            "100755" => Some(Self::Executable),
            "120000" => Some(Self::Symlink),
            "160000" => Some(Self::Submodule),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
        }
    }
}

/// One side of a changed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub mode: Mode,
    pub bytes: Vec<u8>,
}

impl Blob {
    /// The content as text; `None` for a binary.
    pub fn text(&self) -> Option<&str> {
        if self.bytes.contains(&0) { None } else { std::str::from_utf8(&self.bytes).ok() }
    }
}

/// One file that the patch touches; renames are a deletion and an addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the repository root, `/` between parts.
    pub path: String,
    pub before: Option<Blob>,
    pub after: Option<Blob>,
    pub lines_added: u32,
    pub lines_deleted: u32,
}

/// What a candidate does to the tree, read back from the applied tree (so a lying header changes nothing).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Git format; applies with `git apply --check` on the commit it was made for.
    pub diff: String,
    pub files: Vec<FileChange>,
}

impl Patch {
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(self.diff.as_bytes())
    }

    /// Added and deleted lines, tests included.
    pub fn lines(&self) -> u32 {
        self.files.iter().map(|file| file.lines_added.saturating_add(file.lines_deleted)).fold(0, u32::saturating_add)
    }
}
