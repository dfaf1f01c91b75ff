"""Providers: the servers that answer, their keys, what works there, and what their models take and cost.

The provider         models, services (what can be done), access (who sees which), views, forms, typed_address, words, book (for the audit)
Keys                 keys (at rest), connections (the only place that opens one), key_forms, own_keys, own_key_views
Old addresses        moved_views
What works there     checkup/ (its own contents are in it), model_list (what the server lists), health (what calls told), builtin_report
The table of facts   facts (the outcome for one model), model_lines (whose name a line fits), model_notes (what a team writes),
                     shipped (with model_facts.json), retirement, model_words
Rules for many       model_rules, model_rule_views, model_rule_urls, model_forms · model_line_form, model_line_fields (also for one model)
Choosing a model     choices (which may be chosen), model_access (by whom), uses (where one was), picker, picker_views
Settings of a page   parameters, chosen (what somebody chose on it) and desks (kept in the session), text_settings, image_settings,
                     audio_settings (with languages), similarity_settings, completion_settings, presets
How chats answer     answer_ways (Chat completions or Responses API), answer_way_views, response_settings
For the other apps   home, jump, holdings, receivers
"""
