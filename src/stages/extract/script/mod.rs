//! JavaScript's and TypeScript's tools.

pub mod frames;
mod tsc;
pub mod node;
mod eslint;
mod prettier;
mod vitest;
mod jest;
mod node_test;
mod mocha;
mod jasmine;
mod karma;
mod ava;
mod playwright;
mod biome;
mod stylelint;
mod tslint;
mod standard;
mod webpack;
mod esbuild;
mod rollup;
mod vite;
mod next;
mod svelte_check;

use super::form::Form;
use super::json_form::JsonReader;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(tsc::Tsc::default()),
    || Box::new(eslint::Eslint::default()),
    || Box::new(prettier::Prettier::default()),
    || Box::new(vitest::Vitest::default()),
    || Box::new(jest::Jest::default()),
    || Box::new(node_test::NodeTest::default()),
    || Box::new(mocha::Mocha::default()),
    || Box::new(ava::Ava::default()),
    || Box::new(playwright::Playwright::default()),
    || Box::new(JsonReader::of(&eslint::JSON)),
    || Box::new(JsonReader::of(&stylelint::JSON)),
];

pub const FORMS: &[&Form] = &[
    &jasmine::FORM,
    &karma::FORM,
    &biome::LINT,
    &biome::PARSE,
    &biome::FORMAT,
    &stylelint::STRING,
    &stylelint::COMPACT,
    &stylelint::UNIX,
    &tslint::BRACKETS,
    &tslint::PROSE,
    &tslint::STYLISH,
    &standard::FORM,
    &webpack::MISSING,
    &webpack::ERROR,
    &esbuild::FORM,
    &rollup::FORM,
    &vite::FORM,
    &next::FORM,
    &svelte_check::HUMAN,
    &svelte_check::MACHINE,
];
