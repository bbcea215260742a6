"""Addresses of the workspace. Each of them is a line of the matrix in `tests/web/test_routes.py`."""

from __future__ import annotations

from django.urls import path

from tawteen.web.accounts.confirmation import confirm
from tawteen.web.accounts.factor_pages import app_page, factors_page, remove_app, renew_recovery_codes
from tawteen.web.accounts.first_visit import first_visit
from tawteen.web.accounts.invitations import enter_code, join
from tawteen.web.accounts.own_account import end_session, own_account
from tawteen.web.accounts.party_people import (
    end_role,
    grant_role,
    invite_founder,
    invite_person,
    people,
    require_second_factor,
    withdraw_invitation,
)
from tawteen.web.accounts.passkey_pages import (
    confirm_with_passkey,
    new_passkey,
    remove_passkey,
    sign_in_with_passkey,
)
from tawteen.web.accounts.resets import renew_sign_in, reset_sign_in
from tawteen.web.accounts.second_step import second_step
from tawteen.web.accounts.sign_in import sign_in, sign_out
from tawteen.web.health import health
from tawteen.web.imports.comparison_page import apply_import, comparison_page, discard_import
from tawteen.web.imports.export import export_folder, export_page, export_workbook
from tawteen.web.imports.import_list import continue_import, import_list, stop_import, undo_import
from tawteen.web.imports.import_page import import_page
from tawteen.web.language import choose_language
from tawteen.web.overview.changes_page import changes_page, changes_seen
from tawteen.web.partner.answer_page import answer_page
from tawteen.web.partner.desk_page import desk_page
from tawteen.web.partner.unit_page import unit_page
from tawteen.web.programmes.compare_page import compare_runs
from tawteen.web.programmes.exhibit_page import exhibit_page
from tawteen.web.programmes.result_files import result_file, result_picture
from tawteen.web.programmes.run_form import new_run
from tawteen.web.programmes.run_list import run_list
from tawteen.web.programmes.run_page import cancel, run_page, run_progress
from tawteen.web.programmes.what_if_page import what_if
from tawteen.web.programmes.why_page import why_page
from tawteen.web.record_page import checkpoint_file, record_file, record_page
from tawteen.web.registry.bulk_edit import edit_sites
from tawteen.web.registry.conflicts_page import conflicts_page
from tawteen.web.registry.observation_page import observe
from tawteen.web.registry.release_page import release, releases_page
from tawteen.web.registry.row_edit import add_row, edit_row, remove_row
from tawteen.web.registry.row_page import row_page, rows_page, tables_page
from tawteen.web.registry.settings_page import edit_setting, settings_page
from tawteen.web.registry.settle_page import settle_conflict
from tawteen.web.registry.site_list import site_list
from tawteen.web.registry.site_page import site_page
from tawteen.web.snapshots.pages import compare, snapshot_list, take
from tawteen.web.start import start
from tawteen.web.survey.file_pages import file_as_sent, file_page
from tawteen.web.survey.forms_page import paper_file, survey_page, xlsform_file
from tawteen.web.survey.openrosa_pages import (
    form_for_phones,
    forms_for_phones,
    list_for_phones,
    manifest_for_phones,
)
from tawteen.web.survey.phones import end_phone, new_phone, own_phones
from tawteen.web.survey.site_files import add_document
from tawteen.web.survey.submission_list import submission_list
from tawteen.web.survey.submission_page import put_aside, settle_submission, submission_page
from tawteen.web.survey.submission_post import submission
from tawteen.web.tours.survey_list import survey_list
from tawteen.web.tours.tour_files import tour_calendar, tour_table
from tawteen.web.tours.tour_pages import call_off_tour, make_tour, tour_page

urlpatterns = [
    path("", start, name="start"),
    path("changes", changes_page, name="changes"),
    path("changes/seen", changes_seen, name="changes_seen"),
    path("health", health, name="health"),
    path("language", choose_language, name="language"),
    path("first-visit", first_visit, name="first_visit"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/second", second_step, name="second_step"),
    path("sign-in/passkey", sign_in_with_passkey, name="sign_in_with_passkey"),
    path("sign-out", sign_out, name="sign_out"),
    path("join", enter_code, name="enter_code"),
    path("join/<str:code>", join, name="join"),
    path("reset/<str:code>", renew_sign_in, name="renew_sign_in"),
    path("account", own_account, name="account"),
    path("account/confirm", confirm, name="confirm"),
    path("account/confirm/passkey", confirm_with_passkey, name="confirm_with_passkey"),
    path("account/factors", factors_page, name="factors"),
    path("account/app", app_page, name="app"),
    path("account/app/remove", remove_app, name="remove_app"),
    path("account/passkeys", new_passkey, name="new_passkey"),
    path("account/passkeys/<str:token>/remove", remove_passkey, name="remove_passkey"),
    path("account/recovery-codes", renew_recovery_codes, name="renew_recovery_codes"),
    path("account/sessions/<str:handle>/end", end_session, name="end_session"),
    path("account/phones", own_phones, name="phones"),
    path("account/phones/add", new_phone, name="new_phone"),
    path("account/phones/<str:token>/end", end_phone, name="end_phone"),
    path("people", people, name="people"),
    path("people/invite", invite_person, name="invite_person"),
    path("people/invite/<str:party>", invite_founder, name="invite_founder"),
    path("people/invitations/<str:token>/withdraw", withdraw_invitation, name="withdraw_invitation"),
    path("people/reset", reset_sign_in, name="reset_sign_in"),
    path("people/second-factor", require_second_factor, name="require_second_factor"),
    path("people/roles/grant", grant_role, name="grant_role"),
    path("people/roles/<str:token>/end", end_role, name="end_role"),
    path("sites", site_list, name="sites"),
    path("sites/<path:site>", site_page, name="site"),
    path("survey", survey_page, name="survey"),
    path("survey/forms/<str:form>.xlsx", xlsform_file, name="xlsform"),
    path("survey/paper/<str:lang>.pdf", paper_file, name="paper"),
    path("survey/submissions", submission_list, name="submissions"),
    path("survey/submissions/<str:variant>", submission_page, name="submission"),
    path("survey/submissions/<str:variant>/settle", settle_submission, name="settle_submission"),
    path("survey/submissions/<str:variant>/put-aside", put_aside, name="put_aside"),
    path("files/<str:digest>", file_page, name="file"),
    path("files/<str:digest>/sent", file_as_sent, name="file_as_sent"),
    path("files/<str:digest>/<str:size>", file_page, name="file_size"),
    path("documents/add", add_document, name="add_document"),
    path("collect/formList", forms_for_phones, name="collect_forms"),
    path("collect/forms/<str:form>.xml", form_for_phones, name="collect_form"),
    path("collect/forms/<str:form>/manifest", manifest_for_phones, name="collect_manifest"),
    path("collect/forms/<str:form>/<str:name>", list_for_phones, name="collect_list"),
    path("collect/submission", submission, name="collect_submission"),
    path("rows", tables_page, name="tables"),
    path("settings", settings_page, name="settings"),
    path("settings/edit", edit_setting, name="edit_setting"),
    path("rows/<str:table>", rows_page, name="rows"),
    path("rows/<str:table>/<path:row>", row_page, name="row"),
    path("edit/<str:table>/<path:row>", edit_row, name="edit_row"),
    path("edit-sites", edit_sites, name="edit_sites"),
    path("add/<str:table>", add_row, name="add_row"),
    path("remove/<str:table>/<path:row>", remove_row, name="remove_row"),
    path("observe/<str:table>/<path:row>", observe, name="observe"),
    path("releases", releases_page, name="releases"),
    path("release", release, name="release"),
    path("conflicts", conflicts_page, name="conflicts"),
    path("settle/<str:table>/<str:column>/<path:row>", settle_conflict, name="settle"),
    path("survey/first", survey_list, name="survey_list"),
    path("survey/tours", make_tour, name="make_tour"),
    path("survey/tours/<str:tour>", tour_page, name="tour"),
    path("survey/tours/<str:tour>/tour.csv", tour_table, name="tour_table"),
    path("survey/tours/<str:tour>/tour.ics", tour_calendar, name="tour_calendar"),
    path("survey/tours/<str:tour>/call-off", call_off_tour, name="call_off_tour"),
    path("desk", desk_page, name="desk"),
    path("desk/<str:unit>", unit_page, name="unit"),
    path("desk/<str:unit>/<path:capability>", answer_page, name="offer_answer"),
    path("import", import_page, name="import"),
    path("snapshots", snapshot_list, name="snapshots"),
    path("snapshots/take", take, name="take_snapshot"),
    path("snapshots/compare", compare, name="compare_snapshots"),
    path("programmes", run_list, name="runs"),
    path("programmes/new", new_run, name="new_run"),
    path("programmes/compare", compare_runs, name="compare_runs"),
    path("programmes/<str:run>", run_page, name="run"),
    path("programmes/<str:run>/what-if", what_if, name="what_if"),
    path("programmes/<str:run>/progress", run_progress, name="run_progress"),
    path("programmes/<str:run>/cancel", cancel, name="cancel_run"),
    path("programmes/<str:run>/exhibits/<str:key>", exhibit_page, name="exhibit"),
    path("programmes/<str:run>/pictures/<str:name>", result_picture, name="result_picture"),
    path("programmes/<str:run>/files/<str:name>", result_file, name="result_file"),
    path("programmes/<str:run>/sites/<path:site>", why_page, name="why"),
    path("imports", import_list, name="imports"),
    path("imports/compared/<str:token>", comparison_page, name="comparison"),
    path("imports/compared/<str:token>/apply", apply_import, name="apply_import"),
    path("imports/compared/<str:token>/continue", continue_import, name="continue_import"),
    path("imports/compared/<str:token>/end", stop_import, name="stop_import"),
    path("imports/compared/<str:token>/discard", discard_import, name="discard_import"),
    path("imports/<str:token>/undo", undo_import, name="undo_import"),
    path("export", export_page, name="export"),
    path("export/registry.xlsx", export_workbook, name="export_workbook"),
    path("export/registry.zip", export_folder, name="export_folder"),
    path("record", record_page, name="record"),
    path("record/record.jsonl", record_file, name="record_file"),
    path("record/checkpoint.txt", checkpoint_file, name="checkpoint_file"),
]
handler400 = "tawteen.web.refusals.bad_request"
handler403 = "tawteen.web.refusals.forbidden"
handler404 = "tawteen.web.refusals.not_found"
handler500 = "tawteen.web.refusals.broken"
