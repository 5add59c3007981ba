"""The tips: short texts a reminder may say, each with what stands behind it.

Grouped by subject, in the order of their rotation. `source` is what "Why this?" shows; "" where there is nothing but
common sense.
"""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["guideline", "rct", "review", "observational", "common-sense"]


@dataclass(frozen=True)
class Tip:
    """One text, at most 200 characters. `text` and `source` are said in the person's language (tools/texts.py).

    `verified`: all of the source was looked up, none of it remembered.
    `needs`: the factor a person must follow to be told this.
    """

    key: str
    group: str
    text: str
    evidence: Evidence
    source: str = ""
    verified: bool = False
    needs: str | None = None


# One line for a text, one or two for what stands behind it; the formatter would make eight of them.
# fmt: off
TIPS: tuple[Tip, ...] = (
    Tip(text="Time for a small reset. Stand up, roll your shoulders and look around for a minute.",
        key="pb01", group="posture_break", evidence="rct",
        source="Waongenngarm 2021, active breaks in office workers", verified=True),
    Tip(text="Your best posture is your next one. Shift how you are sitting right now.",
        key="pb02", group="posture_break", evidence="rct",
        source="Waongenngarm 2021, postural shifts; Swain 2020: no single posture shown to be best", verified=True),
    Tip(text="Been at the screen for an hour? Take 5 minutes away from it, before you feel tired.",
        key="pb03", group="posture_break", evidence="guideline",
        source="UK HSE display screen guidance: 5-10 min after 50-60 min", verified=True),
    Tip(text="Quick setup check: feet down, back supported, screen about eye height. Then change it again soon.",
        key="pb04", group="posture_break", evidence="guideline",
        source="UK HSE workstation advice; link to pain is uncertain, Swain 2020"),
    Tip(text="Next call? Take it standing or walking if you can.",
        key="pb05", group="posture_break", evidence="common-sense"),
    Tip(text="Phone check: bring it up closer to your eyes and rest your elbows. Your neck gets a break.",
        key="pb06", group="posture_break", evidence="common-sense",
        source="Head held forward goes with headache, neck pain; cause unclear: Elizagaray-Garcia 2020, Mahmoud 2019",
        verified=True),
    Tip(text="Carrying a bag? Swap sides, or use both straps.",
        key="pb07", group="posture_break", evidence="common-sense"),
    Tip(text="You don’t have to sit perfectly. Just try not to stay in one shape for too long.",
        key="pb08", group="posture_break", evidence="review", source="Swain 2020 umbrella review", verified=True),

    Tip(text="Two-minute move: march on the spot, swing your arms, reach up high. Done.",
        key="mv01", group="stretch_move", evidence="common-sense"),
    Tip(text="Stand up, hands on your hips, and lean back gently a few times. Stop if it hurts.",
        key="mv02", group="stretch_move", evidence="common-sense"),
    Tip(text="Take the stairs or do one lap of the room. Short bursts count too.",
        key="mv03", group="stretch_move", evidence="guideline",
        source="WHO physical activity guideline 2020: every move counts"),
    Tip(text="Achy back? Gentle moving usually helps more than lying in bed.",
        key="mv04", group="stretch_move", evidence="guideline", source="ACP 2017 and NICE NG59: stay active"),
    Tip(text="Got a stretchy band? Two minutes of arm lifts a day eased sore necks and headaches in a trial.",
        key="mv05", group="stretch_move", evidence="rct",
        source="Andersen 2011, office workers with neck or shoulder pain", verified=True),
    Tip(text="Loosen up: shake out your hands, circle your ankles, breathe out slowly.",
        key="mv06", group="stretch_move", evidence="common-sense"),

    Tip(text="Look slowly over each shoulder, three times. Keep it easy. Stop if you feel dizzy or it hurts.",
        key="nk01", group="neck", evidence="common-sense"),
    Tip(text="Let your shoulders drop away from your ears. Feel the difference?",
        key="nk02", group="neck", evidence="common-sense"),
    Tip(text="Chin tuck: slide your head straight back, hold for 3 seconds, five times. It should not hurt.",
        key="nk03", group="neck", evidence="rct",
        source="Jull 2002, neck exercise for headaches that come from the neck; not for migraine"),
    Tip(text="Reading in bed? Prop your arms on a pillow so your head doesn’t hang forward.",
        key="nk04", group="neck", evidence="common-sense"),
    Tip(text="Please don’t crack or jerk your own neck. Slow and small is enough.",
        key="nk05", group="neck", evidence="observational",
        source="AHA/ASA 2014: sudden neck movement is tied to artery tears", verified=True),

    Tip(text="Water check. A few sips now is an easy win.",
        key="hy01", group="hydration", evidence="common-sense",
        source="Spigt 2012: no fewer headache days, but people felt better", verified=True),
    Tip(text="Fill your bottle and keep it where you can see it.",
        key="hy02", group="hydration", evidence="common-sense"),
    Tip(text="Hot day or a workout? Drink a bit more than usual, unless your doctor told you to limit fluids.",
        key="hy03", group="hydration", evidence="common-sense"),
    Tip(text="Trying to drink more? Keep it up for a few weeks and see what your own diary says.",
        key="hy04", group="hydration", evidence="rct", source="Spigt 2012: mixed result", verified=True),

    Tip(text="Have you eaten? Long gaps without food go along with headaches in some people.",
        key="ml01", group="meals", evidence="observational",
        source="Slavin 2025 abstract, gaps of 5-6 h; Turner 2014", verified=True),
    Tip(text="Pack a small snack, so a busy day doesn’t turn into a missed meal.",
        key="ml02", group="meals", evidence="common-sense"),
    Tip(text="Try to eat at about the same times this week.",
        key="ml03", group="meals", evidence="common-sense", source="Common headache-clinic lifestyle advice (SEEDS)"),
    Tip(text="Coffee or tea fan? Keep the amount about the same from day to day.",
        key="ml04", group="meals", evidence="observational",
        source="Holsteen 2020: a drop in caffeine came before attacks; Mostofsky 2019 and Mittleman 2024: mixed",
        verified=True),
    Tip(text="Long time since dinner? A light bite before bed may be better than going to bed hungry.",
        key="ml05", group="meals", evidence="observational", source="Turner 2014, 34 people", verified=True),

    Tip(text="Set the alarm for your usual time, even on a day off. Steady sleep may matter more than long sleep.",
        key="sl01", group="sleep", evidence="observational",
        source="Stanyer 2023: change from usual sleep, not hours, came before attacks", verified=True),
    Tip(text="Wind-down time. Dim the lights and leave the phone away from the bed.",
        key="sl02", group="sleep", evidence="common-sense", source="Sleep hygiene advice; weak on its own"),
    Tip(text="Can’t fall asleep? Get up, do something calm, and go back when you feel sleepy.",
        key="sl03", group="sleep", evidence="rct",
        source="Part of sleep therapy tested in chronic migraine: Calhoun 2007, Smitherman 2016", verified=True),
    Tip(text="Keep your bed for sleep. No work and no scrolling in it tonight?",
        key="sl04", group="sleep", evidence="rct", source="Part of sleep therapy: Smitherman 2016", verified=True),
    Tip(text="Same bedtime as last night? A steady rhythm can be kind to your head.",
        key="sl05", group="sleep", evidence="observational", source="Stanyer 2023", verified=True),
    Tip(text="If nights are hard, try skipping the late nap today.",
        key="sl06", group="sleep", evidence="common-sense", source="Usual part of sleep therapy"),
    Tip(text="Bedroom check: dark, cool, quiet. What is one small thing you could fix tonight?",
        key="sl07", group="sleep", evidence="common-sense"),

    Tip(text="Eye break: look out of the window for 20 seconds and blink a few times.",
        key="sc01", group="screen_light", evidence="common-sense",
        source="20-20-20 habit; little trial evidence, Sheppard 2018 on breaks", verified=True),
    Tip(text="Match the screen to the light in the room, and turn it away from glare.",
        key="sc02", group="screen_light", evidence="guideline", source="UK HSE display screen guidance"),
    Tip(text="If light hurts during a headache, rest in a dim room. Between headaches, normal daylight is fine.",
        key="sc03", group="screen_light", evidence="common-sense"),
    Tip(text="Make the text bigger. Squinting and leaning in are hard on your neck.",
        key="sc04", group="screen_light", evidence="common-sense"),
    Tip(text="Blue-light glasses? A 2023 review found no clear help for tired eyes. A short break is free.",
        key="sc05", group="screen_light", evidence="review", source="Cochrane 2023, Singh et al.", verified=True),

    Tip(text="Three slow breaths, with the out-breath longer than the in-breath. That’s the whole task.",
        key="st01", group="stress_relax", evidence="rct",
        source="Relaxation training, low certainty: AHRQ 2024 review", verified=True),
    Tip(text="Unclench your jaw, drop your shoulders, soften your hands.",
        key="st02", group="stress_relax", evidence="common-sense"),
    Tip(text="Ten minutes to relax today? With practice it may mean fewer headaches.",
        key="st03", group="stress_relax", evidence="rct",
        source="AHRQ 2024: relaxation, CBT or mindfulness may lower attack frequency, low strength", verified=True),
    Tip(text="Big push behind you? Headaches can come when stress lets go, so ease out of it slowly.",
        key="st04", group="stress_relax", evidence="observational", source="Lipton 2014, let-down headache"),
    Tip(text="Make two fists for 5 seconds, then let go and notice the change. Now try your shoulders.",
        key="st05", group="stress_relax", evidence="rct",
        source="Progressive muscle relaxation: AHRQ 2024; for chronic back pain ACP 2017, low certainty",
        verified=True),
    Tip(text="Rough patch? Talking to a friend counts as looking after yourself.",
        key="st06", group="stress_relax", evidence="common-sense"),

    Tip(text="A brisk walk today? Regular cardio cut migraine days a little in trials.",
        key="ac01", group="activity", evidence="rct",
        source="Lemmens 2019 meta-analysis: 0.6 days a month fewer", verified=True),
    Tip(text="Small plan: move in a way you like for 20 to 40 minutes, three times this week.",
        key="ac02", group="activity", evidence="rct", source="Varkey 2011: 40 min, 3 times a week", verified=True),
    Tip(text="Exercise is one of the few things shown to help prevent back pain. Pick a kind you’ll keep doing.",
        key="ac03", group="activity", evidence="review",
        source="Steffens 2016, exercise with education RR 0.55", verified=True),
    Tip(text="Build up slowly. A gentle start beats a big push that leaves you sore.",
        key="ac04", group="activity", evidence="common-sense"),
    Tip(text="Strength day: sit-to-stands from a chair and wall push-ups. A few minutes is fine.",
        key="ac05", group="activity", evidence="review",
        source="Woldeamanuel 2022 network meta-analysis, strength training in migraine", verified=True),

    Tip(text="Pick one thing to keep steady this week: sleep, meals or caffeine. Just one.",
        key="tg01", group="triggers", evidence="common-sense"),
    Tip(text="Think something sets off your headaches? Log it on good days too. That’s how a real pattern shows.",
        key="tg02", group="triggers", evidence="review",
        source="Turner 2013, causality and headache triggers", verified=True),
    Tip(text="Drinks tonight? In one study 1 or 2 made no clear difference; 5 or more meant more headaches next day.",
        key="tg03", group="triggers", evidence="observational",
        source="Mostofsky 2020, 98 people; Vives-Mestres 2022: no clear effect", verified=True),
    Tip(text="Triggers may add up. On a stressful day, look after your sleep and meals a bit more.",
        key="tg04", group="triggers", evidence="common-sense",
        source="Stress and headache: Holsteen 2020, Houle 2017; adding up is expert opinion", verified=True),
    Tip(text="One headache after one food proves little. Watch it for a few weeks before you give it up.",
        key="tg05", group="triggers", evidence="review",
        source="Houle 2013, natural experiments mislead", verified=True),
    Tip(text="Log the first day of your period, if you have one. It helps your doctor see if headaches follow it.",
        key="tg06", group="triggers", evidence="guideline",
        source="ICHD-3 appendix A1.1: days -2 to +3; NICE CG150 diary items", verified=True, needs="period"),

    Tip(text="Took a painkiller? Log it, even if it was for your back. The number of days matters.",
        key="md01", group="medicine_remedy", evidence="guideline",
        source="ICHD-3 8.2: days a month, 10 or 15 by kind", verified=True),
    Tip(text="Need headache medicine more than 2 days a week? Worth a chat with your doctor or pharmacist.",
        key="md02", group="medicine_remedy", evidence="guideline",
        source="Mayo-style patient advice; ICHD-3 8.2", verified=True),
    Tip(text="Sore lower back? A warm pack for a little while can ease it. Warm, not hot.",
        key="md03", group="medicine_remedy", evidence="guideline",
        source="ACP 2017: superficial heat, moderate-quality evidence, for a new back pain", verified=True),
    Tip(text="Had a massage or saw a chiropractor? Log it. Over time you can see what your own days show.",
        key="md04", group="medicine_remedy", evidence="common-sense",
        source="Spinal manipulation was no better than sham in Chaibi 2017; so let own data speak", verified=True),
    Tip(text="Seeing a chiropractor? First tell them about any new neck pain, dizziness or change in your sight.",
        key="md05", group="medicine_remedy", evidence="guideline",
        source="AHA/ASA 2014 statement on neck manipulation", verified=True),
)
# fmt: on
