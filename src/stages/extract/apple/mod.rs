//! Apple's tools: Swift, Xcode, and what stands around them.

mod xctest;
mod swift_testing;
mod swiftc;
mod xcodebuild;
mod swift_package;
mod swiftlint;
mod swift_format;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(xctest::XcTest::default())];

pub const FORMS: &[&Form] = &[
    &swiftlint::FORM,
    &swift_format::FORM,
    &swift_testing::FORM,
    &xcodebuild::SIGNING,
    &xcodebuild::TARGET,
    &xcodebuild::CALLED,
    &xcodebuild::COMMANDS,
    &swift_package::FORM,
    &swiftc::PLAIN,
    &swiftc::PRETTY,
    &xctest::PRETTY,
];
