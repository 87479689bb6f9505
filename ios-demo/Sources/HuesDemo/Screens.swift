// The screens: they draw what HuesDemoKit's models say. Compiled where there is SwiftUI (README.md says what has been run).

#if canImport(SwiftUI) && canImport(PhotosUI)
    import HuesCore
    import HuesDemoKit
    import PhotosUI
    import SwiftUI

    public struct ReportsScreen: View {
        private let core: HuesCore
        @State private var model: ReportsModel

        public init(core: HuesCore) {
            self.core = core
            model = ReportsModel(core: core)
        }

        public var body: some View {
            NavigationStack {
                List {
                    NavigationLink(Labels.write.here) { WriteScreen(core: core) }
                    NavigationLink(Labels.outbox.here) { OutboxScreen(core: core) }
                    if !model.signedIn { Button(Labels.signIn.here) { Task { await model.signIn() } } }
                    if !model.notice.isEmpty { Text(model.notice) }
                    ForEach(model.lines, id: \.id) { line in
                        NavigationLink("\(stateWords(line.state)) · \(line.text)") { ReportScreen(core: core, id: line.id) }
                    }
                }
                .navigationTitle(Labels.reports.here)
            }
            .task { await model.follow() }
        }
    }

    struct ReportScreen: View {
        @State private var model: ReportModel

        init(core: HuesCore, id: String) {
            model = ReportModel(core: core, id: id)
        }

        var body: some View {
            List {
                if !model.notice.isEmpty { Text(model.notice) }
                if let report = model.report {
                    Text(stateWords(report.state)).font(.title)
                    Text(report.text)
                    if let place = report.placeWords { Text(place) }
                    if !report.photos.isEmpty { Text("\(report.photos.count) \(Labels.photos.here)") }
                    if let due = report.due { Text("\(Labels.due.here): \(due)") }
                    if let ask = report.ask { Text(ask) }
                    ForEach(Array(model.timeline.enumerated()), id: \.offset) { Text($0.element).font(.footnote) }
                    if let answer = report.answer { Text(answer.text).font(.headline) }
                }
            }
            .task { await model.follow() }
        }
    }

    struct OutboxScreen: View {
        @State private var model: OutboxModel

        init(core: HuesCore) {
            model = OutboxModel(core: core)
        }

        var body: some View {
            List {
                if !model.notice.isEmpty { Text(model.notice) }
                ForEach(model.items, id: \.op) { item in
                    VStack(alignment: .leading) {
                        Text(model.words(for: item))
                        if item.state == "wedged" { Button(Labels.retry.here) { Task { await model.retry(item) } } }
                        if item.editable { Button(Labels.takeBack.here) { Task { await model.takeBack(item) } } }
                    }
                    .buttonStyle(.borderless)
                }
            }
            .navigationTitle(Labels.outbox.here)
            .task { await model.follow() }
        }
    }

    struct WriteScreen: View {
        @State private var model: WriteModel
        @State private var picked: PhotosPickerItem?
        @Environment(\.dismiss) private var dismiss

        init(core: HuesCore) {
            model = WriteModel(core: core)
        }

        var body: some View {
            Form {
                Picker(Labels.category.here, selection: $model.category) {
                    ForEach(model.categories, id: \.code) { Text($0.name.here).tag($0.code) }
                }
                TextField(Labels.what.here, text: $model.what, axis: .vertical)
                TextField(Labels.place.here, text: $model.place)
                ForEach(model.questions, id: \.code) { question in
                    let answer = Binding(get: { model.answers[question.code] ?? "" }, set: { model.answers[question.code] = $0 })
                    let choices = model.choices(of: question)
                    if choices.isEmpty {
                        TextField(question.label.here, text: answer)
                    } else {
                        Picker(question.label.here, selection: answer) {
                            Text("").tag("")
                            ForEach(choices, id: \.code) { Text($0.words).tag($0.code) }
                        }
                    }
                }
                PhotosPicker(Labels.photo.here, selection: $picked, matching: .images)
                if !model.notice.isEmpty { Text(model.notice) }
                Button(Labels.send.here) { Task { await model.send() } }
            }
            .navigationTitle(Labels.write.here)
            .task { await model.begin() }
            .onChange(of: [model.category, model.what, model.place]) { Task { await model.save() } }
            .onChange(of: model.answers) { Task { await model.save() } }
            .onChange(of: model.filed) { dismiss() }
            .onChange(of: picked) {
                Task {
                    if let image = try? await picked?.loadTransferable(type: Data.self) { await model.addPhoto(image) }
                }
            }
        }
    }
#endif
