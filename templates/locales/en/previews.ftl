# Every email, for administrators to look at. No HTML here.

preview-what = These are examples of every email, with made-up people. Nothing here is sent, and the links do not work.
preview-language = Language
preview-kinds = Kinds of email
preview-all = All emails
preview-width = Width
preview-sample = Example
preview-html = HTML
preview-text = Plain text
