//! NumPy's `.npy` files, read and written: little-endian integers in C order, any number of dimensions.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>, versions 1–3.

use super::error::EngineError;

/// An array of integers with its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array<T> {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// The values in C order.
    pub data: Vec<T>,
}

/// An integer that a file can hold.
pub trait Integer: Copy {
    /// NumPy's name of the type when written.
    const DESCR: &'static str;
    /// From any integer; none if out of range.
    fn from_wide(value: i128) -> Option<Self>;
    /// Little-endian bytes, appended.
    fn write(self, bytes: &mut Vec<u8>);
}

macro_rules! integers {
    ($($type:ty, $descr:literal;)*) => {$(
        impl Integer for $type {
            const DESCR: &'static str = $descr;
            fn from_wide(value: i128) -> Option<Self> {
                value.try_into().ok()
            }
            fn write(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integers! { i16, "<i2"; i32, "<i4"; i64, "<i8"; u16, "<u2"; u32, "<u4"; u64, "<u8"; }

impl<T: Integer> Array<T> {
    /// A one-dimensional array.
    #[must_use]
    pub fn line(data: Vec<T>) -> Self {
        Self {
            shape: vec![data.len()],
            data,
        }
    }

    /// A table of rows of `width` values.
    #[must_use]
    pub fn table(width: usize, data: Vec<T>) -> Self {
        Self {
            shape: vec![data.len() / width.max(1), width],
            data,
        }
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let shape: String = self
            .shape
            .iter()
            .map(|length| format!("{length}, "))
            .collect();
        let shape = if self.shape.len() == 1 {
            shape.trim_end().to_owned()
        } else {
            shape.trim_end_matches(", ").to_owned()
        };
        let mut header = format!(
            "{{'descr': '{}', 'fortran_order': False, 'shape': ({shape}), }}",
            T::DESCR
        );
        // Ten bytes before the header, a line feed at its end, the whole a multiple of 64.
        while (header.len() + 11) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(
            &u16::try_from(header.len())
                .unwrap_or(u16::MAX)
                .to_le_bytes(),
        );
        bytes.extend_from_slice(header.as_bytes());
        self.data.iter().for_each(|value| value.write(&mut bytes));
        bytes
    }

    /// Reads a file of any integer type whose values fit.
    ///
    /// # Errors
    /// Not a `.npy` file of integers in C order, cut short, or a value out of range; says which.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EngineError> {
        let (header, data) = split(bytes)?;
        let shape = shape(header)?;
        if !header.contains("'fortran_order': False") {
            return Err(malformed("only C order is read (np.ascontiguousarray)"));
        }
        let count = shape
            .iter()
            .try_fold(1_usize, |all, length| all.checked_mul(*length));
        let count = count.ok_or_else(|| malformed("the shape is too large"))?;
        let values = match quoted(header, "'descr':")? {
            "<i4" => numbers::<T, 4>(data, count, |b| i128::from(i32::from_le_bytes(b))),
            "<i2" => numbers::<T, 2>(data, count, |b| i128::from(i16::from_le_bytes(b))),
            "<i8" => numbers::<T, 8>(data, count, |b| i128::from(i64::from_le_bytes(b))),
            "<u2" => numbers::<T, 2>(data, count, |b| i128::from(u16::from_le_bytes(b))),
            "<u4" => numbers::<T, 4>(data, count, |b| i128::from(u32::from_le_bytes(b))),
            "<u8" => numbers::<T, 8>(data, count, |b| i128::from(u64::from_le_bytes(b))),
            "|i1" => numbers::<T, 1>(data, count, |b| i128::from(i8::from_le_bytes(b))),
            "|u1" | "|b1" => numbers::<T, 1>(data, count, |b| i128::from(u8::from_le_bytes(b))),
            other => Err(malformed(&format!(
                "type {other} is not a little-endian integer"
            ))),
        }?;
        Ok(Self {
            shape,
            data: values,
        })
    }

    /// The rows of a table of `width` columns.
    ///
    /// # Errors
    /// Another shape.
    pub fn rows(&self, width: usize) -> Result<std::slice::ChunksExact<'_, T>, EngineError> {
        match self.shape.as_slice() {
            [_, found] if *found == width && width > 0 => Ok(self.data.chunks_exact(width)),
            shape => Err(malformed(&format!(
                "shape {shape:?} is not that of a table of {width} columns"
            ))),
        }
    }
}

fn malformed(what: &str) -> EngineError {
    EngineError::Malformed(format!("npy: {what}"))
}

fn split(bytes: &[u8]) -> Result<(&str, &[u8]), EngineError> {
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or_else(|| malformed("the magic bytes are missing"))?;
    let short = || malformed("the header is cut short");
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (usize::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (
            usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).map_err(|_| short())?,
            rest,
        ),
        _ => return Err(malformed("unknown version")),
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(short)?;
    Ok((
        std::str::from_utf8(header).map_err(|_| malformed("the header is not text"))?,
        data,
    ))
}

fn quoted<'a>(header: &'a str, key: &str) -> Result<&'a str, EngineError> {
    let (_, rest) = header
        .split_once(key)
        .ok_or_else(|| malformed("no type in the header"))?;
    rest.split('\'')
        .nth(1)
        .ok_or_else(|| malformed("no type in the header"))
}

fn shape(header: &str) -> Result<Vec<usize>, EngineError> {
    let wrong = || malformed("no shape in the header");
    let (_, rest) = header.split_once("'shape':").ok_or_else(wrong)?;
    let (_, rest) = rest.split_once('(').ok_or_else(wrong)?;
    let (inside, _) = rest.split_once(')').ok_or_else(wrong)?;
    let lengths = inside
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    lengths
        .map(|text| text.parse().map_err(|_| wrong()))
        .collect()
}

fn numbers<T: Integer, const SIZE: usize>(
    data: &[u8],
    count: usize,
    read: impl Fn([u8; SIZE]) -> i128,
) -> Result<Vec<T>, EngineError> {
    if count.checked_mul(SIZE) != Some(data.len()) {
        return Err(malformed(&format!(
            "{} bytes of data are not {count} values of {SIZE} bytes",
            data.len()
        )));
    }
    let value = |chunk: &[u8]| {
        chunk
            .try_into()
            .ok()
            .and_then(|bytes| T::from_wide(read(bytes)))
    };
    let values: Option<Vec<T>> = data.chunks_exact(SIZE).map(value).collect();
    values.ok_or_else(|| malformed(&format!("a value does not fit in {}", T::DESCR)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_the_same() {
        for shape in [vec![0], vec![3], vec![2, 3], vec![1, 2, 3], vec![]] {
            let count = shape.iter().product();
            let array = Array {
                shape,
                data: (0..count)
                    .map(|v| i32::try_from(v).unwrap() * 1000 - 2)
                    .collect(),
            };
            let bytes = array.to_bytes();
            assert_eq!(
                (bytes.len() - count * 4) % 64,
                0,
                "data begins at a multiple of 64"
            );
            assert_eq!(Array::from_bytes(&bytes), Ok(array));
        }
    }

    #[test]
    fn a_file_that_numpy_wrote_is_read() {
        // np.save of np.array([[1, -1], [300, 4]], dtype=np.int16)
        let mut file =
            b"\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }"
                .to_vec();
        file.resize(127, b' ');
        file.push(b'\n');
        file.extend_from_slice(&[1, 0, 255, 255, 44, 1, 4, 0]);
        assert_eq!(
            Array::<i32>::from_bytes(&file),
            Ok(Array {
                shape: vec![2, 2],
                data: vec![1, -1, 300, 4]
            })
        );
        assert!(Array::<u16>::from_bytes(&file).is_err(), "-1 does not fit");
    }

    #[test]
    fn rubbish_is_refused_with_a_reason() {
        let good = Array::line(vec![1_i32, 2]).to_bytes();
        for cut in 0..good.len() {
            assert!(Array::<i32>::from_bytes(&good[..cut]).is_err());
        }
        let fortran = String::from_utf8_lossy(&good[..128])
            .replace("False", "True ")
            .into_bytes();
        assert!(Array::<i32>::from_bytes(&fortran).is_err());
        let huge = b"\x93NUMPY\x01\x00\x50\x00{'descr': '<i4', 'fortran_order': False, 'shape': (9999999999, 9999999999999), }".to_vec();
        assert!(Array::<i32>::from_bytes(&huge).is_err());
    }
}
