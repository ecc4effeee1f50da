//! Tools that set machines up, and checks of their files.

mod terraform;
mod helm;
mod kubectl;
mod kubeconform;
mod docker;
mod hadolint;
mod actionlint;
mod ansible_lint;
mod ansible_playbook;
mod buf;
mod protoc;
mod protolint;
mod puppet_lint;
mod cfn_lint;
mod checkov;
mod dotenv_linter;
mod nginx;
mod shellcheck;
mod shell;
mod bats;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(terraform::Terraform::default()),
    || Box::new(docker::Docker::default()),
    || Box::new(shellcheck::Shellcheck::default()),
    || Box::new(ansible_playbook::Playbook::default()),
];

pub const FORMS: &[&Form] = &[
    &helm::TEMPLATE,
    &helm::YAML,
    &helm::LINT,
    &helm::RELEASE,
    &kubectl::VALIDATION,
    &kubectl::INVALID,
    &kubectl::SERVER,
    &kubectl::NO_SERVER,
    &kubeconform::FORM,
    &docker::CLASSIC,
    &docker::DAEMON,
    &hadolint::FORM,
    &hadolint::UNPARSED,
    &actionlint::FORM,
    &ansible_lint::PARSEABLE,
    &ansible_lint::FULL,
    &ansible_playbook::UNREAD_OLD,
    &buf::LINT,
    &buf::BUILD,
    &protoc::FORM,
    &protolint::FORM,
    &puppet_lint::FORM,
    &cfn_lint::FORM,
    &cfn_lint::PARSEABLE,
    &checkov::FORM,
    &dotenv_linter::FORM,
    &nginx::FORM,
    &shellcheck::GCC,
    &shell::SYNTAX,
    &shell::RUN,
    &bats::FORM,
    &bats::IN_FUNCTION,
];
