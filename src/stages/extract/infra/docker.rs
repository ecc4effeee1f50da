//! docker build: which instruction failed, and why.
//!
//! BuildKit: buildx's `util/progress` and `solver/errdefs/source.go` (`Source.Print`): `Dockerfile:LINE`, a rule of dashes, the source with `>>>` before the lines
//! that failed, a rule, and `ERROR: failed to solve: MESSAGE` (`ERROR: failed to build: failed to solve: …` since buildx 0.20). The classic builder
//! (moby's `builder/dockerfile`): `The command '…' returned a non-zero code: N`, `COPY failed: …`, `dockerfile parse error on line N: …`. What the step's
//! own program said is read by that program's reader: then this is a cascade.

use crate::domain::failure::{Failure, Kind};
use crate::domain::log::{Line, Span};
use crate::stages::extract::form::Form;
use crate::stages::extract::pattern::{Pattern, group, number};
use crate::stages::extract::reader::{Attention, Findings, Reader};

/// BuildKit shows four lines around those that failed; an instruction may go over some more.
const BLOCK_LINES_MAX: u64 = 60;

#[derive(Default)]
pub struct Docker {
    place: Option<(String, u32, u64)>,
}

static PLACE: Pattern = Pattern::new(r"^(\S*[Dd]ockerfile\S*|\S+):(\d+)$");
static EXCERPT: Pattern = Pattern::new(r"^(?:-{20,}|\s*\d+ \|.*)$");
static UNSOLVED: Pattern =
    Pattern::new(r"^(?:ERROR: |target \S+: )?(?:failed to build: )?failed to solve(?: with frontend \S+)?: (.+)$");
static PARSE: Pattern = Pattern::new(r"dockerfile parse error (?:on )?line (\d+): (.+)$");

impl Reader for Docker {
    fn tool(&self) -> &'static str {
        "docker"
    }

    fn wakes(&self) -> &'static [&'static str] {
        &["failed to solve", "Dockerfile:\u{1}", "dockerfile parse error"]
    }

    fn guesses(&self) -> bool {
        true
    }

    fn line(&mut self, line: &Line<'_>, found: &mut Findings) -> Attention {
        if let Some(unsolved) = UNSOLVED.captures(line.text) {
            self.tell(group(&unsolved, 1), line.number, found);
            return Attention::Sleep;
        }
        if let Some((_, _, first)) = &self.place {
            if EXCERPT.is_match(line.text) && line.number - first < BLOCK_LINES_MAX {
                return Attention::Stay;
            }
            self.place = None;
        }
        if let Some(place) =
            PLACE.captures(line.text).filter(|place| group(place, 1).to_ascii_lowercase().contains("dockerfile"))
        {
            self.place = number(&place, 2).map(|at| (group(&place, 1).to_owned(), at, line.number));
            return Attention::Stay;
        }
        if line.text.contains("arse error") && PARSE.is_match(line.text) {
            self.tell(line.text, line.number, found);
        }
        Attention::Sleep
    }

    fn end(&mut self, _found: &mut Findings) {
        self.place = None;
    }
}

impl Docker {
    fn tell(&mut self, message: &str, at: u64, found: &mut Findings) {
        let parse = PARSE.captures(message);
        let said = parse.as_ref().map_or(message, |parse| group(parse, 2));
        let mut failure = Failure::new(Kind::BuildError, "docker", said, Span::at(at));
        failure.line = parse.as_ref().and_then(|parse| number(parse, 1));
        failure.path = failure.line.map(|_| "Dockerfile".to_owned());
        if let Some((path, line, first)) = self.place.take() {
            failure.path = Some(path);
            failure.line = failure.line.or(Some(line));
            failure.log.first = first;
        }
        found.failure(failure);
    }
}

/// The classic builder, compose and the daemon.
pub const CLASSIC: Form = Form {
    tool: "docker",
    kind: Kind::BuildError,
    wakes: &["returned a non-zero code: ", "COPY failed: ", "ADD failed: ", "failed to build: "],
    lines: &[
        r"^(?:ERROR: )?(?:Service '.+' failed to build: )?(?P<message>The command '.+' returned a non-zero code: \d+|(?:COPY|ADD) failed: .+)$",
    ],
    guesses: true,
    ..Form::DEFAULT
};

pub const DAEMON: Form = Form {
    tool: "docker",
    kind: Kind::Infrastructure,
    wakes: &[
        "Cannot connect to the Docker daemon",
        "Error response from daemon: ",
        "dependency failed to start: ",
        "didn't complete successfully: exit ",
    ],
    lines: &[
        r#"^(?:docker: |ERROR: |error during connect: )?(?P<message>(?:Cannot connect to the Docker daemon|Error response from daemon: |dependency failed to start: |service "[^"]+" didn't complete successfully: ).+)$"#,
    ],
    guesses: true,
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::told;

    #[test]
    fn the_instruction_that_failed_is_told_with_its_place() {
        let log = "\
#7 ERROR: failed to calculate checksum of ref abc::def: \"/nope\": not found
------
 > [2/3] COPY nope /srv/:
------
api/Dockerfile:2
--------------------
   1 |     FROM alpine:3.19
   2 | >>> COPY nope /srv/
   3 |     RUN true
--------------------
ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref abc::def: \"/nope\": not found
";
        assert_eq!(
            told(log).last().map(String::as_str),
            Some(
                "docker build_error | api/Dockerfile:2 | failed to compute cache key: failed to calculate checksum of ref abc::def: \"/nope\": not found | @5-11"
            )
        );
    }

    #[test]
    fn a_file_that_cannot_be_parsed_is_told_with_its_line() {
        let log = "Dockerfile:3\n--------------------\n   3 | >>> RUNN true\n--------------------\nERROR: failed to build: failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)\n";
        assert_eq!(
            told(log),
            ["docker build_error | Dockerfile:3 | unknown instruction: RUNN (did you mean RUN?) | @1-5"]
        );
        let classic = "Error response from daemon: dockerfile parse error line 3: unknown instruction: RUNN\n";
        assert!(told(classic)[0].contains("Dockerfile:3 | unknown instruction: RUNN"), "{:?}", told(classic));
    }

    #[test]
    fn the_classic_builder_tells_the_command() {
        let log = "The command '/bin/sh -c npm test' returned a non-zero code: 1\n";
        assert_eq!(
            told(log),
            ["docker build_error | The command '/bin/sh -c npm test' returned a non-zero code: 1 | @1-1"]
        );
    }
}
