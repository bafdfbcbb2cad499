//! The bytes of a file: its beginning, a row, its end, and an end that nobody takes for one.

use bytes::Bytes;
use csv::{Terminator, WriterBuilder};

use super::{
    Format, Layout,
    cells::{BODY_NAMES, NAMES, body_cells, cells},
    row::Exported,
};

/// In UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// For a person who looks into the file.
const BROKEN: &str = "EXPORT INCOMPLETE: callbacks are missing from here on. Export again.";

#[derive(Debug, Clone, Copy)]
pub struct Encoder {
    layout: Layout,
}

impl Encoder {
    pub fn new(layout: Layout) -> Self {
        Self { layout }
    }

    pub fn payloads(self) -> bool {
        self.layout.payloads
    }

    pub fn begin(self) -> Vec<u8> {
        let mut out = Vec::new();
        match self.layout.format {
            Format::Csv => {
                if self.layout.bom {
                    out.extend_from_slice(BYTE_ORDER_MARK);
                }
                let body = if self.layout.payloads { &BODY_NAMES[..] } else { &[] };
                line(NAMES.iter().chain(body), &mut out);
            }
            Format::Json => out.push(b'['),
            Format::Ndjson => {}
        }
        out
    }

    pub fn row(self, row: &Exported, is_first: bool, out: &mut Vec<u8>) {
        match self.layout.format {
            Format::Csv if self.layout.payloads => {
                line(cells(row).iter().chain(&body_cells(row)).map(AsRef::as_ref), out);
            }
            Format::Csv => line(cells(row).iter().map(AsRef::as_ref), out),
            Format::Json => {
                out.extend_from_slice(if is_first { b"\n" } else { b",\n" });
                object(row, out);
            }
            Format::Ndjson => {
                object(row, out);
                out.push(b'\n');
            }
        }
    }

    pub fn end(self, is_empty: bool, out: &mut Vec<u8>) {
        match self.layout.format {
            Format::Json => out.extend_from_slice(if is_empty { b"]\n" } else { b"\n]\n" }),
            Format::Csv | Format::Ndjson => {}
        }
    }

    /// A connection that breaks off is noticed by whoever reads it, but not behind every proxy, and not in the file that
    /// is left. So the file says it too, and is made malformed: a quote or a brace that is never closed.
    pub fn broken(self) -> Bytes {
        let text = match self.layout.format {
            Format::Csv => format!("\"{BROKEN}\r\n"),
            Format::Json | Format::Ndjson => format!("\n{{\"error\":\"{BROKEN}\"\n"),
        };
        text.into()
    }
}

fn line<T: AsRef<[u8]>>(cells: impl Iterator<Item = T>, out: &mut Vec<u8>) {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
    written.expect("a vector takes everything, and one record is as long as itself");
}

fn object(row: &Exported, out: &mut Vec<u8>) {
    serde_json::to_writer(out, row).expect("a vector takes everything, and all keys are text");
}
