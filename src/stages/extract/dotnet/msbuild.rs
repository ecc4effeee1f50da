//! MSBuild, and the compilers, analysers and NuGet that speak through it: `dotnet build`, `restore`, `publish`, `format`.
//!
//! "MSBuild and Visual Studio format for diagnostic messages" (Microsoft's MSBuild documentation; in the source
//! `src/Shared/CanonicalError.cs`): `origin : subcategory category code : text`, where the origin is a tool's name, a
//! file, or a file with `(line)`, `(line-line)`, `(line,column)`, `(line,column-column)` or `(line,column,line,column)`.
//! The console logger (`src/Build/Logging/BaseConsoleLogger.cs`) puts the node before it (`     1>`) and the project
//! behind it (`[/x/Shop.csproj]`), and says everything once more at its end. `dotnet format` writes the same shape.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

#[derive(Default)]
pub struct Msbuild;

/// Where it comes from, how bad it is, which code, what, and in which project. Without a code a blank stands there.
static COMPLAINT: Pattern = Pattern::new(concat!(
    r"^\s*(?:\d+(?::\d+)?>)?\s*(?:(\S.*?)\s?: )?(?:[A-Za-z#+-]+ )?(fatal error|error|warning)",
    r" ([A-Za-z]{1,12}\d{0,7})?\s?: ?(\S.*?)(?: \[[^\[\]]+(?:proj|\.slnx?)(?:::[^\[\]]*)?\])?$",
));

static PLACE: Pattern = Pattern::new(r"^(.+?)\((\d+)(?:-\d+)?(?:,(\d+)(?:-\d+)?(?:,\d+,\d+)?)?\)$");

/// What analysers call their rules: .NET's own, StyleCop, Sonar, Roslynator, and those of test frameworks.
static ANALYSER: Pattern = Pattern::new(r"^(?:CA|IDE|SA|S|RCS|RS|MA|VSTHRD|SCS|xUnit|NUnit|MSTEST|SYSLIB)\d+$");

/// What `dotnet format` calls what it would change (`src/Formatters` of dotnet/format).
const FORMAT: &[&str] = &["WHITESPACE", "FINALNEWLINE", "CHARSET", "IMPORTS", "ENDOFLINE", "IDE0055"];

impl Reader for Msbuild {
    fn tool(&self) -> &'static str {
        "msbuild"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["): error ", "): fatal error ", "): warning ", " : error ", " : fatal error ", " : warning "]
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some((failure, mild)) = complaint(line) {
            if mild {
                found.mild(failure);
            } else {
                found.failure(failure);
            }
        }
        Attention::Sleep
    }
}

/// What a line complains of, and whether it is only a warning.
fn complaint(line: &Line<'_>) -> Option<(Failure, bool)> {
    let complaint = COMPLAINT.captures(line.text)?;
    let (origin, level, code) = (group(&complaint, 1), group(&complaint, 2), group(&complaint, 3));
    let mut failure = Failure::new(kind(code), "msbuild", group(&complaint, 4), Span::at(line.number));
    failure.code = (!code.is_empty()).then(|| code.to_owned());
    if let Some(place) = PLACE.captures(origin) {
        failure.path = Some(group(&place, 1).to_owned());
        (failure.line, failure.column) = (number(&place, 2).filter(|line| *line > 0), number(&place, 3));
    } else if origin.contains('.') {
        failure.path = Some(origin.to_owned());
    }
    // Other programs write `x : error : y` too; of theirs no code and no file is known.
    let known = failure.path.is_some() || code.bytes().any(|byte| byte.is_ascii_digit());
    known.then_some((failure, level == "warning"))
}

fn kind(code: &str) -> Kind {
    if code.starts_with("NU") && code.bytes().skip(2).all(|byte| byte.is_ascii_digit()) {
        Kind::DependencyIssue
    } else if FORMAT.contains(&code) {
        Kind::FormatError
    } else if ANALYSER.is_match(code) {
        Kind::LintError
    } else {
        Kind::BuildError
    }
}

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check;

    #[test]
    fn a_build_says_everything_twice_and_is_heard_once() {
        check(
            "  Determining projects to restore...\n\
             /home/runner/work/shop/shop/src/Shop/Till.cs(12,34): error CS1002: ; expected [/home/runner/work/shop/shop/src/Shop/Shop.csproj]\n\
             /home/runner/work/shop/shop/src/Shop/Till.cs(9,1): warning CS0168: The variable 'e' is declared but never used [/home/runner/work/shop/shop/src/Shop/Shop.csproj]\n\
             \nBuild FAILED.\n\n\
             /home/runner/work/shop/shop/src/Shop/Till.cs(12,34): error CS1002: ; expected [/home/runner/work/shop/shop/src/Shop/Shop.csproj]\n\
             \x20   1 Warning(s)\n    1 Error(s)",
            &["msbuild build_error | src/Shop/Till.cs:12:34 | CS1002 | ; expected | @2-2"],
        );
    }

    #[test]
    fn all_origins_are_read() {
        check(
            r"     1>D:\a\shop\shop\src\Till.fs(3,5,3,9): error FS0039: The value 'x' is not defined. [D:\a\shop\shop\src\Shop.fsproj::TargetFramework=net8.0]",
            &["msbuild build_error | src/Till.fs:3:5 | FS0039 | The value 'x' is not defined. | @1-1"],
        );
        check(
            r"C:\Program Files (x86)\MSBuild\Microsoft.Common.targets(135,9): error MSB3884: no rule set [C:\x\Shop.vcxproj]",
            &[
                r"msbuild build_error | ?C:\Program Files (x86)\MSBuild\Microsoft.Common.targets:135:9 | MSB3884 | no rule set | @1-1",
            ],
        );
        check(
            "MSBUILD : error MSB1003: Specify a project or solution file.",
            &["msbuild build_error | MSB1003 | Specify a project or solution file. | @1-1"],
        );
        check(
            "CSC : error CS5001: Program does not contain a static 'Main' method [/srv/a/Shop.csproj]",
            &["msbuild build_error | CS5001 | Program does not contain a static 'Main' method | @1-1"],
        );
        check(
            "till.vcxproj : fatal error LNK1120: 1 unresolved externals",
            &["msbuild build_error | till.vcxproj | LNK1120 | 1 unresolved externals | @1-1"],
        );
        check(
            "build/pack.targets(8,5): error : the key is not there [/srv/a/Shop.csproj]",
            &["msbuild build_error | build/pack.targets:8:5 | the key is not there | @1-1"],
        );
    }

    #[test]
    fn the_code_tells_what_kind_it_is() {
        check(
            "src/Shop.csproj : error NU1101: Unable to find package Nope. No packages exist with this id in source(s): feed",
            &[
                "msbuild dependency_issue | src/Shop.csproj | NU1101 | Unable to find package Nope. No packages exist with this id in source(s): feed | @1-1",
            ],
        );
        check(
            "src/Till.cs(3,14): error WHITESPACE: Fix whitespace formatting. Delete 4 characters. [/srv/a/Shop.csproj]",
            &[
                "msbuild format_error | src/Till.cs:3:14 | WHITESPACE | Fix whitespace formatting. Delete 4 characters. | @1-1",
            ],
        );
        check(
            "src/Till.cs(3,14): error CA1822: Member 'x' does not access instance data [/srv/a/Shop.csproj]",
            &["msbuild lint_error | src/Till.cs:3:14 | CA1822 | Member 'x' does not access instance data | @1-1"],
        );
    }

    #[test]
    fn warnings_are_told_where_nothing_else_is() {
        check(
            "src/Till.cs(9,1): warning CS0168: The variable 'e' is never used [/srv/a/Shop.csproj]",
            &["[msbuild build_error | src/Till.cs:9:1 | CS0168 | The variable 'e' is never used | @1-1]"],
        );
        check("worker 3 : error : gone\nresult : error rate is 0", &[]);
    }
}
