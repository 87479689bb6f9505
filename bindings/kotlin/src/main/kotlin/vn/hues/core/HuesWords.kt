package vn.hues.core

/** What a person reads when this error comes. [HueException.message] is for developers. */
fun HueException.text(language: Language = Language.VI, form: TextForm = TextForm.LONG): String =
    text(TextItem.Failure(this), language, form)
