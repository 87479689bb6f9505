package vn.hues.demo

import android.R
import android.text.Editable
import android.text.TextWatcher
import android.view.View
import android.widget.AdapterView
import android.widget.ArrayAdapter
import android.widget.Button
import android.widget.EditText
import android.widget.Spinner
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import vn.hues.core.Answer
import vn.hues.core.AuthorKind
import vn.hues.core.Category
import vn.hues.core.Draft
import vn.hues.core.DraftInput
import vn.hues.core.Question
import vn.hues.core.QuestionKind
import vn.hues.core.TextForm
import vn.hues.core.TextItem
import vn.hues.core.of
import vn.hues.core.text

/** A new report. It is a saved draft from its first letter on; the newest draft is taken up again. */
class WriteScreen(activity: MainActivity) : Screen(activity) {
    private val draft = CompletableDeferred<String>()
    private var sent = false
    private var categories = emptyList<Category>()
    private var fields = emptyList<Pair<Question, View>>()

    val category = Spinner(activity).apply { contentDescription = Labels.category.here }
    val what = activity.field(Labels.what, lines = 4)
    val where = activity.field(Labels.where)
    val questions = activity.column()
    val notice = activity.line()
    val send: Button = activity.button(Labels.send) { file() }
    override val view: View = activity.page(
        activity.line(Labels.write.here, size = 24f),
        category,
        what,
        where,
        questions,
        activity.button(Labels.photo) { activity.choosePhoto(::addPhoto) },
        notice,
        send,
    )

    init {
        withCore(notice::setText) { core ->
            categories = core.feedback().categories().filterNot { it.group }
            val kept = core.feedback().drafts().firstOrNull() ?: core.feedback().newDraft(DraftInput.of(""))
            category.adapter = ArrayAdapter(activity, R.layout.simple_spinner_dropdown_item, categories.map { it.name.here })
            fill(kept)
            draft.complete(kept.id)
            saveAtEveryChange()
        }
    }

    /** Adds a cleaned photo; also what a picture chooser calls. */
    fun addPhoto(image: ByteArray) = withCore(notice::setText) { core -> tell(core.feedback().addPhoto(draft.await(), image)) }

    private fun file() = withCore(notice::setText) { core ->
        core.feedback().saveDraft(draft.await(), input())
        core.feedback().submit(draft.await())
        sent = true
        activity.back()
    }

    private fun fill(kept: Draft) {
        // What a quick hand typed before the draft was there is newer than the draft.
        if (what.text.isEmpty()) what.setText(kept.input.text)
        if (where.text.isEmpty()) where.setText(kept.input.placeWords.orEmpty())
        val chosen = categories.indexOfFirst { it.code == kept.input.category }.coerceAtLeast(0)
        category.setSelection(chosen)
        ask(chosen)
        for ((question, view) in fields) kept.input.answers.find { it.question == question.code }?.let { view.put(question, it.value) }
        category.onItemSelectedListener = object : AdapterView.OnItemSelectedListener {
            private var asked = chosen

            override fun onItemSelected(parent: AdapterView<*>?, view: View?, position: Int, id: Long) {
                if (position != asked) ask(position)
                asked = position
            }

            override fun onNothingSelected(parent: AdapterView<*>?) = Unit
        }
        tell(kept)
    }

    private fun ask(chosen: Int) {
        questions.removeAllViews()
        fields = categories.getOrNull(chosen)?.questions.orEmpty().map { question ->
            questions.addView(activity.line(question.label.here))
            val choices = question.choices()
            val view = if (choices == null) EditText(activity) else Spinner(activity).apply {
                adapter = ArrayAdapter(activity, R.layout.simple_spinner_dropdown_item, listOf("") + choices.map { it.second })
            }
            questions.addView(view)
            question to view
        }
    }

    /** Code and words of each choice; none for a free answer. */
    private fun Question.choices(): List<Pair<String, String>>? = when (kind) {
        QuestionKind.YES_NO -> listOf("yes" to Labels.yes.here, "no" to Labels.no.here)
        QuestionKind.CHOICE -> options.map { it.code to it.name.here }
        QuestionKind.TEXT, QuestionKind.NUMBER -> null
    }

    private fun View.put(question: Question, value: String) = when (this) {
        is Spinner -> setSelection(1 + question.choices().orEmpty().indexOfFirst { it.first == value })
        is EditText -> setText(value)
        else -> Unit
    }

    private fun View.value(question: Question): String? = when (this) {
        is Spinner -> question.choices()?.getOrNull(selectedItemPosition - 1)?.first
        is EditText -> text.toString().ifBlank { null }
        else -> null
    }

    private fun input() = DraftInput(
        category = categories.getOrNull(category.selectedItemPosition)?.code,
        text = what.text.toString(),
        place = null,
        ward = null,
        placeWords = where.text.toString().ifBlank { null },
        answers = fields.mapNotNull { (question, view) -> view.value(question)?.let { Answer(question.code, it) } },
        author = AuthorKind.SEALED,
    )

    /** Warnings never block; what is missing is told when the person sends. */
    private fun tell(saved: Draft) {
        val warnings = saved.warnings.map { text(TextItem.DraftWarning(it), language, TextForm.LONG) }
        val photos = if (saved.photos.isEmpty()) emptyList() else listOf("${saved.photos.size} ${Labels.photos.here}")
        notice.text = (photos + warnings).joinToString("\n")
    }

    /** One save after the other; of the changes made meanwhile only the newest state counts. */
    private fun saveAtEveryChange() = scope.launch {
        val changes = Channel<Unit>(Channel.CONFLATED)
        listOf(what, where).forEach { it.addTextChangedListener(Changed { changes.trySend(Unit) }) }
        for (change in changes) withCore(notice::setText) { core -> tell(core.feedback().saveDraft(draft.await(), input())) }
    }

    /** What was typed last, also when the screen is left before it was saved. */
    @OptIn(ExperimentalCoroutinesApi::class)
    override fun left() {
        if (!draft.isCompleted || sent) return
        val (id, last) = draft.getCompleted() to input()
        activity.demo.run { scope.launch { core.await().quietly { feedback().saveDraft(id, last) } } }
    }
}

private class Changed(private val heard: () -> Unit) : TextWatcher {
    override fun beforeTextChanged(s: CharSequence?, start: Int, count: Int, after: Int) = Unit

    override fun onTextChanged(s: CharSequence?, start: Int, before: Int, count: Int) = Unit

    override fun afterTextChanged(s: Editable?) = heard()
}
