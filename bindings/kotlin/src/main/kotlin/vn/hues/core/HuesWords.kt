package vn.hues.core

/** The language of words; one type for the core and the field libraries. */
typealias Language = vn.hues.vietnam.Language

/** What a person reads when this error comes. [HueException.message] is for developers. */
fun HueException.text(language: Language = Language.VI, form: TextForm = TextForm.LONG): String =
    text(TextItem.Failure(this), language, form)
