import CanvassCoding
import CanvassSurvey

/// The questionnaire of the demonstration, in six languages: recommendation, satisfaction, effort, intent to come back, a
/// reason asked only of detractors, and a free comment.
enum DemoSurvey {
    /// Names as XLSForm writes them, with the BCP 47 code that interviews are held in.
    static let languages = [
        "English (en)", "Română (ro)", "中文 (zh)", "العربية (ar)", "Bahasa Indonesia (id)", "Français (fr)",
    ]
    static let codes = ["en", "ro", "zh", "ar", "id", "fr"]

    static var form: Form {
        Form(
            id: "visit", title: "After your visit", version: "1", languages: languages,
            defaultLanguage: languages[0], items: [recommend, satisfaction, effort, comeBack, reason, comment],
            choiceLists: [
                list("satisfaction", low: verySatisfied.low, high: verySatisfied.high),
                list("effort", low: veryEasy.low, high: veryEasy.high),
                list("likelihood", low: veryLikely.low, high: veryLikely.high),
            ])
    }

    private static var recommend: Form.Item {
        var item = Form.Item(
            name: "recommend", type: .integer,
            label: text(
                "How likely are you to recommend us to family or friends?",
                "Cât de probabil este să ne recomandați familiei sau prietenilor?",
                "您有多大可能向家人或朋友推荐我们？",
                "ما مدى احتمال أن توصي بنا لعائلتك أو أصدقائك؟",
                "Seberapa besar kemungkinan Anda merekomendasikan kami kepada keluarga atau teman?",
                "Quelle est la probabilité que vous nous recommandiez à vos proches ?"))
        item.required = "yes"
        item.constraint = ". >= 0 and . <= 10"
        item.constraintMessage = text(
            "A whole number from 0 to 10", "Un număr întreg de la 0 la 10", "0 到 10 的整数",
            "عدد صحيح من 0 إلى 10", "Bilangan bulat dari 0 sampai 10", "Un nombre entier de 0 à 10")
        item.metric = "nps"
        return item
    }

    private static var satisfaction: Form.Item {
        rating(
            "satisfaction", "satisfaction", metric: "csat",
            text(
                "How satisfied are you with your visit?", "Cât de mulțumit sunteți de vizita dumneavoastră?",
                "您对这次光临满意吗？", "ما مدى رضاك عن زيارتك؟", "Seberapa puas Anda dengan kunjungan Anda?",
                "Êtes-vous satisfait de votre visite ?"))
    }

    private static var effort: Form.Item {
        rating(
            "effort", "effort", metric: "ces",
            text(
                "How easy was it to get what you came for?", "Cât de ușor ați obținut ceea ce căutați?",
                "您办成要办的事容易吗？", "ما مدى سهولة حصولك على ما جئت من أجله؟",
                "Seberapa mudah Anda mendapatkan yang Anda cari?",
                "Avez-vous facilement obtenu ce que vous cherchiez ?"))
    }

    private static var comeBack: Form.Item {
        rating(
            "come_back", "likelihood", metric: "repurchase",
            text(
                "Do you intend to come back within the next 30 days?",
                "Intenționați să reveniți în următoarele 30 de zile?", "您打算在未来 30 天内再来吗？",
                "هل تنوي العودة خلال الثلاثين يومًا القادمة؟",
                "Apakah Anda berniat datang lagi dalam 30 hari ke depan?",
                "Avez-vous l'intention de revenir dans les 30 prochains jours ?"))
    }

    private static var reason: Form.Item {
        var item = Form.Item(
            name: "reason", type: .text,
            label: text(
                "What should we do better?", "Ce ar trebui să îmbunătățim?", "我们应该改进什么？",
                "ما الذي ينبغي أن نحسّنه؟", "Apa yang harus kami perbaiki?", "Que devrions-nous améliorer ?"))
        item.relevant = "${recommend} <= 6"
        return item
    }

    private static var comment: Form.Item {
        Form.Item(
            name: "comment", type: .text,
            label: text(
                "Anything else?", "Altceva?", "还有其他意见吗？", "هل لديك شيء آخر تضيفه؟", "Ada lagi?",
                "Autre chose ?"))
    }

    private static let verySatisfied = (
        low: text(
            "Extremely dissatisfied", "Foarte nemulțumit", "非常不满意", "غير راضٍ إطلاقًا", "Sangat tidak puas",
            "Très insatisfait"),
        high: text("Very satisfied", "Foarte mulțumit", "非常满意", "راضٍ جدًا", "Sangat puas", "Très satisfait")
    )
    private static let veryEasy = (
        low: text("Very difficult", "Foarte dificil", "非常困难", "صعب جدًا", "Sangat sulit", "Très difficile"),
        high: text("Very easy", "Foarte ușor", "非常容易", "سهل جدًا", "Sangat mudah", "Très facile")
    )
    private static let veryLikely = (
        low: text("Certainly not", "Cu siguranță nu", "肯定不会", "بالتأكيد لا", "Pasti tidak", "Certainement pas"),
        high: text("Certainly", "Cu siguranță da", "肯定会", "بالتأكيد", "Pasti", "Certainement")
    )

    private static func rating(
        _ name: String, _ list: String, metric: String, _ label: LocalizedText
    ) -> Form.Item {
        var item = Form.Item(name: name, type: .selectOne(list: list), label: label)
        item.appearance = "likert"
        item.metric = metric
        return item
    }

    /// Codes 1 to 5, of which only the ends have words.
    private static func list(_ name: String, low: LocalizedText, high: LocalizedText) -> Form.ChoiceList {
        let choices = (1...5).map { score in
            switch score {
            case 1: Form.Choice(name: "1", label: low)
            case 5: Form.Choice(name: "5", label: high)
            default: Form.Choice(name: "\(score)", label: LocalizedText([.init("", "\(score)")]))
            }
        }
        return Form.ChoiceList(name: name, choices: choices)
    }

    /// One text in the six languages, in their order.
    private static func text(_ translations: String...) -> LocalizedText {
        LocalizedText(zip(languages, translations).map { LocalizedText.Translation($0, $1) })
    }
}
