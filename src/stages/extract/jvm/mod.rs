//! Tools of Java, Kotlin and Scala.

pub mod frames;
mod trace;
mod surefire;
mod gradle_test;
mod ant_junit;
mod junit;
mod testng;
mod scala_test;
mod javac;
mod scalac;
mod kotlinc;
mod aapt;
mod checkstyle;
mod spotbugs;
mod pmd;
mod ktlint;
mod detekt;
mod scalastyle;
mod android_lint;
mod spotless;
mod maven;
mod gradle;
mod ant;
mod sbt;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[
    || Box::new(surefire::Surefire::default()),
    || Box::new(gradle_test::GradleTest::default()),
    || Box::new(ant_junit::AntJunit::default()),
    || Box::new(junit::Junit::default()),
    || Box::new(testng::TestNg::default()),
    || Box::new(checkstyle::Checkstyle::default()),
    || Box::new(scalac::Scalac::default()),
    || Box::new(scala_test::ScalaTest::default()),
    || Box::new(javac::Javac::default()),
    || Box::new(spotless::Spotless::default()),
    || Box::new(maven::Maven::default()),
    || Box::new(gradle::Gradle::default()),
    || Box::new(ant::Ant::default()),
];

pub const FORMS: &[&Form] = &[
    &kotlinc::OF_GRADLE,
    &kotlinc::OF_GRADLE_BEFORE,
    &kotlinc::PLAIN,
    &kotlinc::WERROR,
    &spotbugs::CONSOLE,
    &spotbugs::MAVEN,
    &pmd::TEXT,
    &pmd::MAVEN,
    &ktlint::FORM,
    &detekt::FORM,
    &detekt::BEFORE,
    &scalastyle::FORM,
    &android_lint::FORM,
    &aapt::FORM,
    &sbt::FORM,
];
