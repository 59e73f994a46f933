# Every letter, for administrators to look at. No HTML here.

preview-what = Every kind of letter as people get it, with made-up people in it. Nothing here is sent, and no link in it leads anywhere.
preview-language = Language
preview-kinds = Kinds of letters
preview-all = All letters
preview-width = Width
preview-sample = Example
preview-html = As most people see it
preview-text = As plain text
