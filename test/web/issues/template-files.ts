// Issue templates in the shapes that large projects have: a long bug form, a short feature form, texts, contact links.

export const BUG_FORM = `name: Bug report
description: Something in the loom does not do what it should
title: "[Bug]: "
labels: ["kind/bug", "triage needed", "no-such-label"]
assignees:
  - keeper
  - nobody-there
projects: ["mill/1"]
type: bug
body:
  - type: markdown
    attributes:
      value: |
        Thank you for taking the time! See the [guide](docs/guide.md) first, and **do not** post secrets.
  - type: checkboxes
    id: checks
    attributes:
      label: Before you begin
      description: All of them, please.
      options:
        - label: I searched [the existing issues](../issues)
          required: true
        - label: I read the documentation
          required: true
        - label: I am willing to send a change
  - type: input
    id: contact
    attributes:
      label: Contact details
      description: How can we reach you?
      placeholder: ex. email@example.com
    validations:
      required: false
  - type: textarea
    id: what-happened
    attributes:
      label: What happened?
      description: Also tell what you expected.
      placeholder: Tell what you see
      value: "A thread broke!"
    validations:
      required: true
  - type: textarea
    id: steps
    attributes:
      label: Steps to reproduce
      value: |
        1. Do '...'
        2. See the error
    validations:
      required: true
  - type: dropdown
    id: version
    attributes:
      label: Version
      description: Which one runs?
      options:
        - 1.0.2 (Default)
        - 1.0.3 (Edge)
        - 2
      default: 0
    validations:
      required: true
  - type: dropdown
    id: browsers
    attributes:
      label: Where do you see it?
      multiple: true
      options: [Firefox, Chrome, Safari, Microsoft Edge]
  - type: dropdown
    id: regression
    attributes:
      label: Did it work before?
      options:
        - "Yes"
        - "No"
  - type: input
    id: commit
    attributes:
      label: Commit
  - type: input
    id: threads
    attributes:
      label: Number of threads
    validations:
      is_number: true
  - type: textarea
    id: logs
    attributes:
      label: Relevant log output
      description: It becomes code by itself.
      render: shell
  - type: textarea
    attributes:
      label: Configuration
      render: yaml
  - type: markdown
    attributes:
      value: "---"
  - type: textarea
    id: more
    attributes:
      label: Anything else
  - type: checkboxes
    id: terms
    attributes:
      label: Code of Conduct
      description: By sending this you agree to follow our [Code of Conduct](https://example.com).
      options:
        - label: I agree to follow this project's Code of Conduct
          required: true
`;

export const FEATURE_FORM = `name: Feature request
description: Suggest an idea
labels: enhancement, "kind/feature"
body:
- type: textarea
  attributes:
    label: What would you like?
  validations:
    required: true
- type: dropdown
  attributes:
    label: Area
    options: [Core, Docs]
`;

export const QUESTION = `---
name: Question
about: Ask how something works
title: 'question: '
labels: question
assignees: keeper, other

---

**What do you want to know?**

<!-- Look into the docs first -->
`;

export const CONFIG = `blank_issues_enabled: false
contact_links:
  - name: Forum
    url: https://forum.example.com/ask?a=1&b=2
    about: Ask and answer here.
  - name: Danger
    url: javascript:alert(1)
    about: Not a web address.
  - name: Chat
    url: http://chat.example.com
    about: Talk with <b>others</b>.
`;

/** What must be sent for the bug form to be taken. */
export const BUG_ANSWERS: [string, string][] = [
  ['title', '[Bug]: The shuttle sticks'],
  ['id-checks', 'I searched [the existing issues](../issues)'],
  ['id-checks', 'I read the documentation'],
  ['id-what-happened', 'It sticks.\r\n\r\nAlways.'],
  ['id-steps', '1. Weave'],
  ['id-version', '1.0.3 (Edge)'],
  ['id-browsers', 'Safari'],
  ['id-browsers', 'Firefox'],
  ['id-logs', 'line one\n```\nline two'],
  ['id-terms', "I agree to follow this project's Code of Conduct"],
];

export const BUG_TEXT = `### Before you begin

- [x] I searched [the existing issues](../issues)
- [x] I read the documentation
- [ ] I am willing to send a change

### Contact details

_No response_

### What happened?

It sticks.

Always.

### Steps to reproduce

1. Weave

### Version

1.0.3 (Edge)

### Where do you see it?

Firefox, Safari

### Did it work before?

_No response_

### Commit

_No response_

### Number of threads

_No response_

### Relevant log output

\`\`\`\`shell
line one
\`\`\`
line two
\`\`\`\`

### Configuration

_No response_

### Anything else

_No response_

### Code of Conduct

- [x] I agree to follow this project's Code of Conduct`;
