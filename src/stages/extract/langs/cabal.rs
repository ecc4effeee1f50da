//! cabal: what its solver cannot resolve.

use crate::domain::failure::Kind;
use crate::stages::extract::form::Form;

/// cabal's solver (`cabal-install-solver/src/Distribution/Solver/Modular/Message.hs`).
pub const FORM: Form = Form {
    tool: "cabal",
    kind: Kind::DependencyIssue,
    wakes: &["Could not resolve dependencies"],
    lines: &[r"^(?:Error: )?(?:\[Cabal-\d+\]\s*|cabal: )?(?P<message>Could not resolve dependencies):?$"],
    more: Some(r"^(?P<message>\[__\d+\] .+|After searching .+)$"),
    ..Form::DEFAULT
};

#[cfg(test)]
mod tests {
    use crate::stages::extract::tests::check_only;

    #[test]
    fn what_the_solver_tried_belongs_to_the_message() {
        check_only(
            "Error: cabal: Could not resolve dependencies:\n[__0] trying: till-0.1.0.0 (user goal)\n[__1] unknown package: shop (dependency of till)",
            "cabal dependency_issue | Could not resolve dependencies\n[__0] trying: till-0.1.0.0 (user goal)\n[__1] unknown package: shop (dependency of till) | @1-3",
        );
    }
}
