"""What is wrong with a profile of the user's own, where, and how it is put right."""

from bewaar.messages.languages import N_

MISTAKES = {
    "profile.bank": N_(
        "%(file)s, line %(line)s: “%(word)s” does not fit. The name of a bank follows these words "
        "and no others: %(known)s. For example “bank.apply: ING”."
    ),
    "profile.empty": N_("%(file)s, line %(line)s: something must be said after “%(word)s =”."),
    "profile.expression": N_(
        "%(file)s, line %(line)s: “%(word)s” is no pattern that can be used. It needs exactly one "
        "part in round brackets: what is wanted, for example 'company=([^;]+);'."
    ),
    "profile.kind": N_(
        "%(file)s, line %(line)s: what stands after “%(word)s =” is of the wrong kind. Texts stand "
        "in quotation marks, “true” and “false” without."
    ),
    "profile.list": N_(
        "%(file)s, line %(line)s: after “%(word)s =” belongs a list of texts, such as "
        '["one", "two"], also when it is only one.'
    ),
    "profile.missing": N_("%(file)s: the line “%(word)s = …” is missing. Add it at the top."),
    "profile.name": N_(
        "%(file)s: the name of the file may only have small letters, digits and dashes, such as "
        "my-program.toml. Give it another name."
    ),
    "profile.never": N_(
        "%(file)s, line %(line)s: “%(word)s” is for Bewaar’s own profiles. Take the line out."
    ),
    "profile.question": N_(
        "%(file)s, line %(line)s: “%(word)s” is no question. Books are only ever asked, with a "
        "text that begins with SELECT."
    ),
    "profile.refused": N_(
        "%(file)s cannot be used. Compare it with another profile, line by line (%(detail)s)."
    ),
    "profile.rule": N_(
        "%(file)s, line %(line)s: a rule says how the books are known: a file by “names”, a folder "
        "by “holds”, a database by “tables”."
    ),
    "profile.syntax": N_(
        "%(file)s, line %(line)s: this line cannot be read. Mostly a quotation mark or a bracket "
        "is missing, there or in the line before."
    ),
    "profile.taken": N_(
        "%(file)s: Bewaar knows a program by that name already. Give the file another name."
    ),
    "profile.text": N_(
        "%(file)s is not saved as plain text. Save it as a text file, with the encoding UTF-8."
    ),
    "profile.unknown": N_(
        "%(file)s, line %(line)s: “%(word)s” means nothing there. Possible are: %(known)s."
    ),
    "profile.unreadable": N_(
        "%(file)s cannot be read: it is no ordinary file, too large, or closed to Bewaar."
    ),
}
