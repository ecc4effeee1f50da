//! Apple's tools: Swift, Xcode, and what stands around them.

mod xctest;
mod build;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(xctest::XcTest::default())];

pub const FORMS: &[&Form] = &[
    &build::SWIFTLINT,
    &build::SWIFT_FORMAT,
    &build::SWIFT_TESTING,
    &build::SIGNING,
    &build::TARGET,
    &build::XCODEBUILD,
    &build::SWIFTPM,
    &build::SWIFTC,
    &build::PRETTY,
    &build::PRETTY_TEST,
];
