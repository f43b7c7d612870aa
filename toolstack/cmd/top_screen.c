// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal's view of lam top, with xentop's keys. Three lines of facts, the table, a line that names the keys; everything is drawn
 * anew after a key and after the delay, and ncurses sends what has changed.
 *
 * Waiting is poll()'s, so that a terminal that is gone ends it and a changed size is seen at once.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ncurses.h>

#include "cmd/top.h"

#define SCREEN_LINE_BYTES 512
#define SCREEN_FACTS 3
#define SCREEN_STEP 8			/* columns that an arrow moves */
#define SCREEN_MAX_DELAY 86400u

struct screen {
	struct top *top;
	const struct top_terminal *terminal;
	unsigned int first;		/* row at the top */
	unsigned int shift;		/* columns left out at the left */
	int line;			/* to be written next */
	bool asks;			/* a new delay is typed */
	bool ended, must_sample;
	char typed[8];
};

/* --- drawing --- */

static void screen_put(struct screen *screen, const char *text, unsigned int shift, attr_t attributes)
{
	size_t length = strlen(text);

	if (screen->line >= LINES - 1) {
		return;
	}
	attrset(attributes);
	if (shift < length) {
		mvaddnstr(screen->line, 0, text + shift, COLS);
	}
	attrset(A_NORMAL);
	screen->line++;
}

static unsigned int screen_count(const struct top *top, uint32_t flag)
{
	unsigned int i, count = 0;

	for (i = 0; i < top->count; i++) {
		count += (top->rows[i].flags & flag) != 0;
	}
	return count;
}

static void screen_facts(struct screen *screen)
{
	const struct top *top = screen->top;
	const struct control_physinfo *m = &top->machine;
	char text[SCREEN_LINE_BYTES], clock[16] = "";
	unsigned int i, crashed = 0;
	time_t now = time(NULL);
	struct tm parts;

	if (localtime_r(&now, &parts) != NULL) {
		strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
	}
	for (i = 0; i < top->count; i++) {
		crashed += top->rows[i].state[3] == 'c';
	}
	snprintf(text, sizeof(text), "lam top - %s   Lamina", clock);
	screen_put(screen, text, 0, A_NORMAL);
	snprintf(text, sizeof(text), "%u domains: %u running, %u blocked, %u paused, %u crashed, %u dying, %u shutdown", top->count,
		 screen_count(top, CONTROL_INFO_RUNNING), screen_count(top, CONTROL_INFO_BLOCKED),
		 screen_count(top, CONTROL_INFO_PAUSED), crashed, screen_count(top, CONTROL_INFO_DYING),
		 screen_count(top, CONTROL_INFO_SHUTDOWN));
	screen_put(screen, text, 0, A_NORMAL);
	snprintf(text, sizeof(text), "Mem: %lluk total, %lluk used, %lluk free    CPUs: %u @ %uMHz",
		 (unsigned long long)m->total_pages * 4, (unsigned long long)(m->total_pages - m->free_pages) * 4,
		 (unsigned long long)m->free_pages * 4, m->cpus, m->cpu_khz / 1000);
	screen_put(screen, text, 0, A_NORMAL);
}

/* The column that the rows are sorted by stands out of the reversed header. */
static void screen_header(struct screen *screen)
{
	char text[SCREEN_LINE_BYTES];
	unsigned int start, width;
	int line = screen->line;

	top_format_header(text, sizeof(text));
	screen_put(screen, text, screen->shift, A_REVERSE);
	if (line < screen->line && screen->top->sort < TOP_FIELDS) {
		top_column(screen->top->sort, &start, &width);
		if (start >= screen->shift && start - screen->shift < (unsigned int)COLS) {
			attrset(A_BOLD);
			mvaddnstr(line, (int)(start - screen->shift), text + start,
				  (int)width < COLS - (int)(start - screen->shift) ? (int)width :
				  COLS - (int)(start - screen->shift));
			attrset(A_NORMAL);
		}
	}
}

static void screen_details(struct screen *screen, const char *details)
{
	char text[SCREEN_LINE_BYTES];

	while (details != NULL && *details != '\0') {
		size_t length = strcspn(details, "\n");

		snprintf(text, sizeof(text), "%.*s", (int)(length < sizeof(text) ? length : sizeof(text) - 1), details);
		screen_put(screen, text, screen->shift, A_NORMAL);
		details += length + (details[length] == '\n');
	}
}

static void screen_row(struct screen *screen, const struct top_row *row)
{
	char text[SCREEN_LINE_BYTES];

	if (screen->top->repeat) {
		screen_header(screen);
	}
	top_format_row(screen->top, row, text, sizeof(text));
	screen_put(screen, text, screen->shift, A_NORMAL);
	screen_details(screen, row->details);
}

/* The keys' names with their letters marked, or what is asked for. */
static void screen_bottom(const struct screen *screen)
{
	static const char *const names[] = { "Delay", "Networks", "vBds", "VCPUs", "Repeat header", "Sort order", "Quit" };
	/* xentop's letter for disks is x. */
	static const char *const letters[] = { "d", "n", "x", "v", "r", "s", "q" };
	size_t i;

	move(LINES - 1, 0);
	if (screen->asks) {
		printw("Change Delay (seconds): %s_", screen->typed);
		return;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		attrset(A_BOLD);
		printw("%s ", letters[i]);
		attrset(A_NORMAL);
		printw("%s  ", names[i]);
	}
}

static void screen_draw(struct screen *screen)
{
	struct top *top = screen->top;
	unsigned int i;

	if (screen->first >= top->count) {
		screen->first = top->count != 0 ? top->count - 1 : 0;
	}
	erase();
	screen->line = 0;
	screen_facts(screen);
	if (!top->repeat) {
		screen_header(screen);
	}
	for (i = screen->first; i < top->count; i++) {
		screen_row(screen, &top->rows[i]);
	}
	screen_bottom(screen);
	refresh();
}

/* --- keys --- */

static void screen_toggle(struct screen *screen, bool *what)
{
	*what = !*what;
	screen->must_sample = true;
}

static void screen_move(unsigned int *place, int by, unsigned int limit)
{
	if (by < 0) {
		*place = *place > (unsigned int)-by ? *place - (unsigned int)-by : 0;
	} else if (*place + (unsigned int)by < limit) {
		*place += (unsigned int)by;
	} else {
		*place = limit != 0 ? limit - 1 : 0;
	}
}

static void screen_typed(struct screen *screen, int key)
{
	size_t length = strlen(screen->typed);
	unsigned long seconds;

	if (key >= '0' && key <= '9' && length + 1 < sizeof(screen->typed)) {
		screen->typed[length] = (char)key;
		screen->typed[length + 1] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && length != 0) {
		screen->typed[length - 1] = '\0';
	} else if (key == '\n' || key == '\r' || key == KEY_ENTER) {
		seconds = strtoul(screen->typed, NULL, 10);
		if (seconds >= 1 && seconds <= SCREEN_MAX_DELAY) {
			screen->top->delay = (unsigned int)seconds;
		}
		screen->asks = false;
	} else if (key == 27) {
		screen->asks = false;
	}
}

static void screen_move_key(struct screen *screen, int key)
{
	const unsigned int page = LINES > SCREEN_FACTS + 3 ? (unsigned int)LINES - SCREEN_FACTS - 3 : 1;
	unsigned int rows = screen->top->count;

	switch (key) {
	case KEY_UP:
		screen_move(&screen->first, -1, rows);
		break;
	case KEY_DOWN:
		screen_move(&screen->first, 1, rows);
		break;
	case KEY_PPAGE:
		screen_move(&screen->first, -(int)page, rows);
		break;
	case KEY_NPAGE:
		screen_move(&screen->first, (int)page, rows);
		break;
	case KEY_LEFT:
		screen_move(&screen->shift, -SCREEN_STEP, SCREEN_LINE_BYTES);
		break;
	case KEY_RIGHT:
		screen_move(&screen->shift, SCREEN_STEP, 160);
		break;
	case KEY_HOME:
		screen->first = 0;
		screen->shift = 0;
		break;
	}
}

static void screen_key(struct screen *screen, int key)
{
	struct top *top = screen->top;

	if (screen->asks) {
		screen_typed(screen, key);
		return;
	}
	switch (key) {
	case 'q': case 'Q':
		screen->ended = true;
		break;
	case 'd': case 'D':
		screen->asks = true;
		screen->typed[0] = '\0';
		break;
	case 'n': case 'N':
		screen_toggle(screen, &top->networks);
		break;
	case 'x': case 'X': case 'b': case 'B':
		screen_toggle(screen, &top->vbds);
		break;
	case 'v': case 'V':
		screen_toggle(screen, &top->vcpus);
		break;
	case 'r': case 'R':
		top->repeat = !top->repeat;
		break;
	case 's': case 'S':
		top->sort = top->sort >= TOP_FIELDS ? 0 : top->sort + 1;
		/* The order by number is that of a new look. */
		screen->must_sample = top->sort == TOP_FIELDS;
		top_sort(top);
		break;
	default:
		screen_move_key(screen, key);
	}
}

/* --- the loop --- */

static long long screen_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* Takes the keys that are there. False: the terminal is gone. */
static bool screen_keys(struct screen *screen, bool is_readable)
{
	int key = getch();

	/* Readable, and nothing to read: its end. */
	if (key == ERR) {
		return !is_readable;
	}
	for (; key != ERR && !screen->ended; key = getch()) {
		screen_key(screen, key);
	}
	return true;
}

/* Shows the rows there are until the delay is over or a key wants others. False: it ends. */
static bool screen_wait(struct screen *screen)
{
	long long since = screen_clock_ms();

	screen->must_sample = false;
	for (;;) {
		struct pollfd in = { .fd = fileno(screen->terminal->in), .events = POLLIN };
		long long left = since + screen->top->delay * 1000ll - screen_clock_ms();
		int got;

		screen_draw(screen);
		if (left <= 0) {
			return true;
		}
		got = poll(&in, 1, (int)left);
		if (got < 0 && errno != EINTR) {
			return false;
		}
		if (got > 0 && (in.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
			return false;
		}
		if (!screen_keys(screen, got > 0) || screen->ended) {
			return false;
		}
		if (screen->must_sample) {
			return true;
		}
	}
}

int top_screen(struct top *top, const struct top_terminal *terminal)
{
	struct screen screen = { .top = top, .terminal = terminal };
	SCREEN *curses = newterm(terminal->type, terminal->out, terminal->in);
	unsigned int shown = 0;
	int status;

	if (curses == NULL) {
		return -ENOTTY;
	}
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	set_escdelay(50);
	do {
		status = terminal->sample(terminal->arg);
		shown++;
	} while (status == VERB_DONE && screen_wait(&screen) && (top->iterations == 0 || shown < top->iterations));
	endwin();
	delscreen(curses);
	return status;
}
