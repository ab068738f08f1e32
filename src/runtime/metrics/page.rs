//! What was counted as text for Prometheus, version 0.0.4 of
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::{self, Write as _};

use super::{ANSWERS, Counter, Histogram, Metrics};

impl Metrics {
    /// All of it as text.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        let version = ("version", env!("CARGO_PKG_VERSION"));
        page.gauge("build_info", "The version that runs.");
        page.labelled("build_info", &[version], 1);
        page.gauge("uptime_seconds", "How long it has run.");
        page.plain("uptime_seconds", self.begun.elapsed().as_secs_f64());

        page.counter(
            "updates_received_total",
            "Updates that Telegram gave, repeated ones included.",
        );
        for (way, count) in ["polling", "webhook"].into_iter().zip(&self.received) {
            page.labelled("updates_received_total", &[("way", way)], count.get());
        }
        page.counter(
            "webhook_answers_total",
            "What requests to the webhook were answered with.",
        );
        for (status, count) in ANSWERS.iter().zip(&self.answers) {
            let code = status.to_string();
            page.labelled("webhook_answers_total", &[("code", &code)], count.get());
        }
        page.count(
            "updates_committed_total",
            "Updates whose effects are on disk.",
            &self.committed,
        );
        page.count(
            "updates_repeated_total",
            "Updates that had been handled before.",
            &self.repeated,
        );
        page.count(
            "updates_unanswered_total",
            "Updates of people who have not joined that nobody answered, since too many wait.",
            &self.unanswered,
        );
        page.count(
            "updates_set_aside_total",
            "Updates that could not be handled.",
            &self.set_aside,
        );
        page.histogram(
            "commit_seconds",
            "How long a commit took, until it was on disk.",
            &self.commit_seconds,
        );
        page.histogram(
            "batch_updates",
            "How many updates shared a commit.",
            &self.batch_updates,
        );

        page.gauge("store_open", "1 if the store can be used, 0 if it cannot.");
        page.plain("store_open", self.store_open.get() as f64);
        page.count(
            "store_failures_total",
            "How often the store failed.",
            &self.store_failures,
        );
        page.count(
            "store_reopened_total",
            "How often it was opened again.",
            &self.store_reopened,
        );

        page.gauge("outbox_rows_waiting", "What waits to be sent.");
        for (lane, count) in ["interactive", "bulk"].into_iter().zip(&self.waiting) {
            page.labelled("outbox_rows_waiting", &[("lane", lane)], count.get());
        }
        page.gauge(
            "outbox_rows_held",
            "What is not to be sent before an instant, such as the morning.",
        );
        page.plain("outbox_rows_held", self.held.get() as f64);
        page.counter(
            "sends_total",
            "How calls that send something ended; retry_after is Telegram's 429.",
        );
        let outcomes = [
            "sent",
            "retry_after",
            "transient",
            "refused",
            "migrated",
            "gone",
        ];
        for (outcome, count) in outcomes.into_iter().zip(&self.sends) {
            page.labelled("sends_total", &[("outcome", outcome)], count.get());
        }
        page.count(
            "send_retries_total",
            "What is sent once more after a failure.",
            &self.send_retries,
        );

        page.counter("digests_total", "Digests that were made, or failed.");
        for (outcome, count) in ["made", "failed"].into_iter().zip(&self.digests) {
            page.labelled("digests_total", &[("outcome", outcome)], count.get());
        }
        page.histogram(
            "digest_seconds",
            "How long making a digest took.",
            &self.digest_seconds,
        );
        page.counter(
            "files_total",
            "Voice notes, photos and documents that were fetched.",
        );
        for (outcome, count) in ["kept", "refused"].into_iter().zip(&self.files) {
            page.labelled("files_total", &[("outcome", outcome)], count.get());
        }

        if let Some(silence) = self.silence() {
            page.gauge(
                "telegram_silence_seconds",
                "How long ago Telegram was heard of.",
            );
            page.plain("telegram_silence_seconds", silence.as_secs_f64());
        }
        if let Some(standstill) = self.standstill() {
            page.gauge(
                "intake_standstill_seconds",
                "How long ago what waits at Telegram was taken in.",
            );
            page.plain("intake_standstill_seconds", standstill.as_secs_f64());
        }
        page.0
    }
}

/// The text while it is written.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "samleng_{line}");
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(
            self.0,
            "# HELP samleng_{name} {help}\n# TYPE samleng_{name} {kind}"
        );
    }

    fn counter(&mut self, name: &str, help: &str) {
        self.head(name, help, "counter");
    }

    fn gauge(&mut self, name: &str, help: &str) {
        self.head(name, help, "gauge");
    }

    fn count(&mut self, name: &str, help: &str, counter: &Counter) {
        self.counter(name, help);
        self.line(format_args!("{name} {}", counter.get()));
    }

    fn plain(&mut self, name: &str, value: f64) {
        self.line(format_args!("{name} {value}"));
    }

    fn labelled(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(key, is)| format!("{key}=\"{is}\""))
            .collect();
        self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, help, "histogram");
        let mut below = 0;
        let bounds = histogram.bounds.iter().map(ToString::to_string);
        let bounds = bounds.chain(["+Inf".to_owned()]);
        for (bound, count) in bounds.zip(&histogram.counts) {
            below += count.get();
            self.line(format_args!("{name}_bucket{{le=\"{bound}\"}} {below}"));
        }
        self.line(format_args!(
            "{name}_sum {}",
            histogram.sum.get() as f64 / 1e6
        ));
        self.line(format_args!("{name}_count {below}"));
    }
}
