//! Package managers, and what else fetches things.

mod npm;
mod yarn;
mod pnpm;
mod pip;
mod uv;
mod poetry;
mod apt;
mod dpkg;
mod apk;
mod dnf;
mod brew;
mod conda;
mod git;
mod curl;
mod wget;
mod gh;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(npm::Npm::default())];

/// Dart's pub says nearly the same, and is asked before the other package managers.
pub const SAID_LIKE_PUB: &[&Form] = &[&poetry::SOLVING];

pub const FORMS: &[&Form] = &[
    &yarn::CLASSIC,
    &yarn::NO_SCRIPT,
    &yarn::BERRY,
    &pnpm::FORM,
    &pip::NOT_FOUND,
    &pip::CONFLICT,
    &pip::HASHES,
    &pip::OTHER,
    &pip::BUILD,
    &uv::RESOLUTION,
    &uv::LOCK,
    &uv::PARSE,
    &uv::BUILD,
    &poetry::LOCK,
    &apt::FORM,
    &apt::MACHINE,
    &dpkg::FORM,
    &apk::FORM,
    &dnf::FORM,
    &brew::FORM,
    &conda::FORM,
    &git::CONFLICT,
    &git::PATHSPEC,
    &git::FATAL,
    &git::DIFFERS,
    &curl::FORM,
    &wget::FORM,
    &gh::FORM,
];
