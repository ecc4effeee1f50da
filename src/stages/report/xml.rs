//! XML in one pass: each element is shown when it ends, with those of its children that are worth keeping.
//!
//! No document type is read, no entity of a document's own is followed: such a report is refused, with its reason.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::case::TEXT_BYTES_MAX;

/// Suites of suites: no test tool nests deeper than its language's packages.
const DEPTH_MAX: usize = 512;

/// Of the children that one element keeps: a test has a reason or two.
const CHILDREN_MAX: usize = 1_000;

/// One element, as far as it is kept.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Without a name space.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its own text, bounded.
    pub text: String,
    children: Vec<Element>,
    /// So many of what is inside it have failed; counted by who reads.
    pub failed_inside: u32,
}

impl Element {
    /// An attribute that is there and not blank.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.trim().is_empty())
    }

    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }

    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn children(&self) -> &[Self] {
        &self.children
    }

    /// The text of a child, if it has one that is not blank.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

/// What is done with each element that ends; the second are those around it, the outermost first.
pub type Each<'a> = dyn FnMut(&Element, &mut [Element]) + 'a;

/// Reads a document. Elements that `keeps` names stay in their parent until that ends. `Err` says in one phrase why it
/// cannot be read, and where.
pub fn walk(xml: &str, keeps: &[&str], each: &mut Each<'_>) -> Result<(), String> {
    let line_of =
        |at: usize| 1 + memchr::memchr_iter(b'\n', xml.as_bytes().get(..at).unwrap_or(xml.as_bytes())).count();
    // No version of XML has it, and what holds it is a file that was overwritten or is none of text.
    if let Some(at) = memchr::memchr(0, xml.as_bytes()) {
        return Err(format!("it holds a zero byte (line {})", line_of(at)));
    }
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Element> = Vec::new();
    let end = loop {
        let step = match reader.read_event() {
            Ok(Event::Start(element)) => begin(&element, &mut open),
            Ok(Event::Empty(element)) => begin(&element, &mut open).map(|()| end(&mut open, keeps, each)),
            Ok(Event::End(_)) => {
                end(&mut open, keeps, each);
                Ok(())
            }
            Ok(Event::Text(text)) => {
                add(&mut open, &text, keeps);
                Ok(())
            }
            Ok(Event::CData(text)) => {
                add(&mut open, &text, keeps);
                Ok(())
            }
            Ok(Event::GeneralRef(name)) => match unescape(&format!("&{};", &*name)) {
                Ok(text) => {
                    add(&mut open, &text, keeps);
                    Ok(())
                }
                Err(_) => Err(not_followed(&name)),
            },
            Ok(Event::Eof) => match open.last() {
                Some(element) => break Err(format!("it ends inside an element `{}`", element.name)),
                None => break Ok(()),
            },
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(reason) = step {
            break Err(reason);
        }
    };
    end.map_err(|reason| {
        let at = usize::try_from(reader.error_position().max(reader.buffer_position())).unwrap_or(xml.len());
        format!("{reason} (line {})", line_of(at))
    })
}

/// The first element's name, and what stands in it; `None` where there is none that can be read.
pub fn root(xml: &str) -> Option<Element> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let mut open = Vec::new();
                return begin(&element, &mut open).ok().and_then(|()| open.pop());
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn begin(start: &BytesStart<'_>, open: &mut Vec<Element>) -> Result<(), String> {
    if open.len() == DEPTH_MAX {
        return Err(format!("its elements are nested deeper than {DEPTH_MAX}"));
    }
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = attribute.key.local_name().as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        element.attributes.push((name, value.into_owned()));
    }
    open.push(element);
    Ok(())
}

fn end(open: &mut Vec<Element>, keeps: &[&str], each: &mut Each<'_>) {
    let Some(element) = open.pop() else { return };
    each(&element, open);
    if let Some(parent) = open.last_mut()
        && keeps.contains(&element.name.as_str())
        && parent.children.len() < CHILDREN_MAX
    {
        parent.children.push(element);
    }
}

fn add(open: &mut [Element], text: &str, keeps: &[&str]) {
    let Some(element) = open.last_mut().filter(|element| keeps.contains(&element.name.as_str())) else { return };
    let room = TEXT_BYTES_MAX.saturating_sub(element.text.len());
    element.text.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or(text));
}

fn not_followed(entity: &str) -> String {
    format!("it refers to `&{};`, and no entity of a report's own is followed", crate::text::truncate(entity, 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each element with its kept children's text, in the order in which they end.
    fn walked(xml: &str) -> Result<Vec<String>, String> {
        let mut told = Vec::new();
        walk(xml, &["b"], &mut |element, above| {
            let children: Vec<_> = element.children().iter().map(|child| child.text.as_str()).collect();
            told.push(format!("{}<{} {}", above.len(), element.name, children.join("|")));
        })?;
        Ok(told)
    }

    #[test]
    fn an_element_is_shown_when_it_ends_with_the_children_that_are_kept() {
        let xml = "<x:a><b>1 &lt;&#49;<![CDATA[<2>]]></b><c>no<b>3</b></c><b/></x:a>";
        assert_eq!(walked(xml).expect("XML"), ["1<b ", "2<b ", "1<c 3", "1<b ", "0<a 1 <1<2>|"]);
    }

    #[test]
    fn an_entity_of_its_own_is_not_followed() {
        let head = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY y 'yy'>]>";
        for (xml, reason) in [
            (format!("{head}<a><b>&x;</b></a>"), "`&x;`"),
            (format!("{head}<a b='&x;'/>"), "line 1"),
            (format!("{head}<a>&y;</a>"), "no entity of a report's own is followed"),
            ("<a>&#0;</a>".to_owned(), "`&#0;`"),
        ] {
            let said = walked(&xml).expect_err(&xml);
            assert!(said.contains(reason), "{said}");
        }
        assert_eq!(walked(&format!("{head}<a/>")).expect("a document that does not use it"), ["0<a "]);
    }

    #[test]
    fn what_is_no_xml_says_where() {
        for (xml, reason) in [
            ("<a>\n<b>", "it ends inside an element `b` (line 2)"),
            ("<a></b>", "line 1"),
            ("<a>\n\n<b c='1' c='2'/></a>", "line 3"),
            ("<a b=\"c(\"d\")\"/>", "line 1"),
            ("<a>\n\0</a>", "zero byte (line 2)"),
        ] {
            let said = walked(xml).expect_err(xml);
            assert!(said.contains(reason), "{said}");
        }
    }

    #[test]
    fn elements_at_the_limit_are_read_and_one_deeper_is_not() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(walked(&nested(DEPTH_MAX)).is_ok());
        assert!(walked(&nested(DEPTH_MAX + 1)).is_err_and(|said| said.contains("nested deeper than 512")));
    }

    #[test]
    fn what_is_kept_of_a_text_and_of_children_is_bounded() {
        let mut kept = (0, 0);
        let text = "x<!-- -->".repeat(TEXT_BYTES_MAX + 1);
        let xml = format!("<a><b>{text}</b>{}</a>", "<b/>".repeat(CHILDREN_MAX));
        walk(&xml, &["b"], &mut |element, _| kept = (element.children().len(), kept.1.max(element.text.len())))
            .expect("XML");
        assert_eq!(kept, (CHILDREN_MAX, TEXT_BYTES_MAX));
    }
}
