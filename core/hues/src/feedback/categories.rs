//! Categories as the city's `config` pack has them, and what a report under one must contain.

use hues_protocol::config::{self, Config};

use super::model::{Bilingual, Category, Notice, Question, QuestionKind, QuestionOption};

/// The tree, in the pack's order.
pub(crate) fn all(config: &Config) -> Vec<Category> {
    config.categories.iter().map(category).collect()
}

fn category(c: &config::Category) -> Category {
    Category {
        code: c.code.clone(),
        parent: c.parent.clone(),
        name: bilingual(&c.name),
        group: c.group,
        urgent: c.urgent,
        notice: c.notice.as_ref().map(|n| Notice {
            text: Bilingual {
                vi: n.vi.clone(),
                en: n.en.clone(),
            },
            phones: n.phones.clone(),
        }),
        questions: c.questions.iter().map(question).collect(),
        answer_days: c.answer_days,
    }
}

fn question(q: &config::Question) -> Question {
    Question {
        code: q.code.clone(),
        label: bilingual(&q.label),
        kind: match q.kind {
            config::QuestionType::Text | config::QuestionType::Later => QuestionKind::Text,
            config::QuestionType::Number => QuestionKind::Number,
            config::QuestionType::YesNo => QuestionKind::YesNo,
            config::QuestionType::Choice => QuestionKind::Choice,
        },
        required: q.required,
        options: q
            .options
            .iter()
            .map(|o| QuestionOption {
                code: o.code.clone(),
                name: bilingual(&o.name),
            })
            .collect(),
    }
}

fn bilingual(t: &config::Name) -> Bilingual {
    Bilingual {
        vi: t.vi.clone(),
        en: t.en.clone(),
    }
}
