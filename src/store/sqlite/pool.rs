//! A few connections that are lent out, with a limit to the waiting.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::trouble::Trouble;
use crate::store::StoreResult;

struct Shelf<T> {
    idle: Vec<T>,
    lent: usize,
}

/// At most `size` values of a kind, made when first wanted.
pub(super) struct Pool<T> {
    shelf: Mutex<Shelf<T>>,
    returned: Condvar,
    size: usize,
    patience: Duration,
    what: &'static str,
}

/// What becomes of a lent value.
pub(super) enum Keep {
    Yes,
    /// It is closed, and the next one who needs it gets a new one.
    No,
}

impl<T> Pool<T> {
    /// `what` names the value in the error of those who waited longer than `patience`.
    pub(super) fn new(size: usize, patience: Duration, what: &'static str) -> Self {
        Self {
            shelf: Mutex::new(Shelf {
                idle: Vec::new(),
                lent: 0,
            }),
            returned: Condvar::new(),
            size: size.max(1),
            patience,
            what,
        }
    }

    /// Puts in a value that was made elsewhere.
    pub(super) fn add(&self, value: T) {
        self.lock().idle.push(value);
    }

    /// Lends a value to `work`, made by `make` if none is idle.
    ///
    /// # Errors
    /// What `make` or `work` return, or that nothing came back in time.
    pub(super) fn lend<R>(
        &self,
        make: impl FnOnce() -> StoreResult<T>,
        work: impl FnOnce(&mut T) -> (StoreResult<R>, Keep),
    ) -> StoreResult<R> {
        let idle = self.wait()?;
        // Counts the value as returned even if the work panics.
        let place = Place { pool: self };
        let mut value = match idle {
            Some(value) => value,
            None => make()?,
        };
        let (result, keep) = work(&mut value);
        if matches!(keep, Keep::Yes) {
            self.lock().idle.push(value);
        }
        drop(place);
        result
    }

    /// Waits until one may be taken; `None` if it has yet to be made.
    fn wait(&self) -> StoreResult<Option<T>> {
        let deadline = Instant::now() + self.patience;
        let mut shelf = self.lock();
        while shelf.lent >= self.size {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Trouble::bug(format!(
                    "waited {} s for {} of the store",
                    self.patience.as_secs(),
                    self.what
                ))
                .hint("if it happens again, start ticketty anew; nothing was changed"));
            }
            shelf = self
                .returned
                .wait_timeout(shelf, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        shelf.lent += 1;
        Ok(shelf.idle.pop())
    }

    fn lock(&self) -> MutexGuard<'_, Shelf<T>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Place<'p, T> {
    pool: &'p Pool<T>,
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        self.pool.lock().lent -= 1;
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_too_long_is_told_so() {
        let pool = Pool::new(1, Duration::from_millis(20), "the one writer");
        pool.lend(
            || Ok(7),
            |seven| {
                let inner = pool.lend(|| Ok(8), |_| (Ok(()), Keep::Yes));
                assert!(inner.unwrap_err().what.contains("the one writer"));
                (Ok(*seven), Keep::Yes)
            },
        )
        .unwrap();
    }

    #[test]
    fn a_broken_value_is_made_anew_and_a_panic_gives_it_back() {
        let pool = Pool::new(1, Duration::from_millis(20), "a reader");
        let lend = |made| pool.lend(|| Ok(made), |value| (Ok(*value), Keep::Yes));
        pool.lend(|| Ok(1), |_| (Ok(()), Keep::No)).unwrap();
        assert_eq!(lend(2).unwrap(), 2);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.lend(
                || Ok(3),
                |_| -> (StoreResult<()>, Keep) { panic!("on purpose") },
            )
        }));
        assert!(panicked.is_err());
        assert_eq!(lend(4).unwrap(), 4);
    }
}
