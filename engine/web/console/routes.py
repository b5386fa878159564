"""All pages of the board."""

from starlette.routing import Route

from engine.web.console.aside_page import AsidePage
from engine.web.console.care_pages import CARE_PAGES
from engine.web.console.case_forms import CaseForms
from engine.web.console.case_page import CasePage
from engine.web.console.clear_form import ClearForm
from engine.web.console.consent_form import ConsentForm
from engine.web.console.date_form import DateForm
from engine.web.console.duty_page import DutyPage
from engine.web.console.erase import Erase
from engine.web.console.gate_forms import PAGES, GateForms
from engine.web.console.hold_form import HoldForm
from engine.web.console.keep_form import KeepForm
from engine.web.console.life_pages import LIFE_PAGES
from engine.web.console.link_form import LinkForm
from engine.web.console.lists import Lists
from engine.web.console.login import Login
from engine.web.console.party_page import PartyPage
from engine.web.console.phone_answer import PhoneAnswer
from engine.web.console.promise_forms import PromiseForms
from engine.web.console.registry_page import RegistryPage
from engine.web.console.release_form import ReleaseForm
from engine.web.console.replan_page import ReplanPage
from engine.web.console.report_form import ReportForm
from engine.web.console.reveal import Reveal
from engine.web.console.round_form import RoundForm
from engine.web.console.shell import Shell
from engine.web.console.steering_pages import STEERING_PAGES
from engine.web.console.task_form import TaskForm
from engine.web.console.told_page import ToldPage
from engine.web.services import Services


def routes(services: Services) -> list[Route]:
    """The board's routes; each checks the session itself."""
    shell = Shell(services)
    case_page = CasePage(shell)
    return [
        *Login(shell).routes(),
        *Lists(shell).routes(),
        *DutyPage(shell).routes(),
        *AsidePage(shell).routes(),
        *ReportForm(shell).routes(),
        *CaseForms(shell, case_page).routes(),
        *ReleaseForm(shell, case_page).routes(),
        *ConsentForm(shell, case_page).routes(),
        *GateForms(shell, case_page, (*PAGES, *CARE_PAGES, *LIFE_PAGES, *STEERING_PAGES)).routes(),
        *LinkForm(shell, case_page).routes(),
        *ReplanPage(shell, case_page).routes(),
        *ClearForm(shell, case_page).routes(),
        *HoldForm(shell, case_page).routes(),
        *KeepForm(shell, case_page).routes(),
        *DateForm(shell, case_page).routes(),
        *RoundForm(shell, case_page).routes(),
        *TaskForm(shell, case_page).routes(),
        *PhoneAnswer(shell, case_page).routes(),
        *PromiseForms(shell, case_page).routes(),
        *Reveal(shell, case_page).routes(),
        *Erase(shell, case_page).routes(),
        *ToldPage(shell, case_page).routes(),
        *PartyPage(shell).routes(),
        *RegistryPage(shell).routes(),
        *case_page.routes(),
    ]
