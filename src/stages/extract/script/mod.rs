//! JavaScript's and TypeScript's tools.

pub mod frames;
mod tsc;
mod eslint;
mod prettier;
mod vitest;
mod jest;
mod node_test;
mod mocha;
mod jasmine;
mod ava;
mod playwright;
mod biome;
mod stylelint;
mod tslint;
mod standard;
mod bundlers;
mod svelte_check;

use super::form::Form;
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
];

pub const FORMS: &[&Form] = &[
    &jasmine::CONSOLE,
    &jasmine::KARMA,
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
    &bundlers::WEBPACK_MISSING,
    &bundlers::WEBPACK,
    &bundlers::ESBUILD,
    &bundlers::ROLLUP,
    &bundlers::VITE,
    &bundlers::NEXT,
    &svelte_check::HUMAN,
    &svelte_check::MACHINE,
];
