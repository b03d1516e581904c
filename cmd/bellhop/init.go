package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func initCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "init", Short: "Connect a platform, step by step"}
	var setup telegramSetup
	sub := &cobra.Command{
		Use:   "telegram",
		Short: "Connect a Telegram group",
		Long:  "Ask for the bot's token and the group's id, try both with Telegram, and write them into a file of variables.",
		Args:  cobra.NoArgs,
	}
	sub.Flags().StringVar(&setup.file, "file", ".env", "file to write the variables into")
	sub.RunE = func(cmd *cobra.Command, _ []string) error {
		process := runner.Process{Name: "init", Lookup: environment(cmd), Stderr: cmd.ErrOrStderr()}
		setup.in, setup.out = bufio.NewReader(cmd.InOrStdin()), cmd.OutOrStdout()
		return exit(process.Run(cmd.Context(), func(ctx context.Context, _ runner.Runtime) error {
			return setup.run(ctx, environment(cmd))
		}))
	}
	cmd.AddCommand(sub)
	return cmd
}

// telegramSetup connects a group: each answer is tried before the next question.
type telegramSetup struct {
	file string
	in   *bufio.Reader
	out  io.Writer
}

// askTimeout bounds one question to Telegram.
const askTimeout = 15 * time.Second

func (s *telegramSetup) run(ctx context.Context, lookup config.Lookup) error {
	var cfg telegram.Config
	if url, ok := lookup("TELEGRAM_API_URL"); ok {
		cfg.APIURL = url
	}
	fmt.Fprint(s.out, "1. In Telegram, write to @BotFather, send /newbot, and copy the token.\n   Token: ")
	var err error
	if cfg.Token, err = s.answer(); err != nil {
		return err
	}
	// The group is asked for next; until then a placeholder of the right form lets the token be checked on its own.
	cfg.Chats = []string{"-1000000000000"}
	if err := cfg.Validate(); err != nil {
		return err
	}
	client := telegram.New(cfg)
	defer client.CloseIdleConnections()
	if err := s.greet(ctx, client); err != nil {
		return err
	}
	fmt.Fprint(s.out, "2. Make a group, switch on Topics, add the bot as an administrator who may manage topics and delete messages.\n   Its id, which begins with -100: ")
	group, err := s.answer()
	if err != nil {
		return err
	}
	cfg.Chats = []string{group}
	if err := cfg.Validate(); err != nil {
		return err
	}
	if err := s.inspect(ctx, client, cfg.ChatIDs()[0]); err != nil {
		return err
	}
	if err := writeVariables(s.file, map[string]string{"TELEGRAM_BOT_TOKEN": cfg.Token, "TELEGRAM_CHAT_ID": group}); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "   Written to %s. Now: make up\n", s.file)
	return nil
}

func (s *telegramSetup) greet(ctx context.Context, client *telegram.Client) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	me, err := client.GetMe(ctx)
	if err != nil {
		return fmt.Errorf("try the token: %w", err)
	}
	fmt.Fprintf(s.out, "   This is @%s.\n", me.Username)
	return nil
}

// inspect makes sure that the bot can do in the group what it will have to.
func (s *telegramSetup) inspect(ctx context.Context, client *telegram.Client, chatID int64) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	chat, err := client.GetChat(ctx, chatID)
	if err != nil {
		return fmt.Errorf("look at the group: %w", err)
	}
	rights, err := client.OwnRights(ctx, chatID)
	if err != nil {
		return fmt.Errorf("look at the bot's rights: %w", err)
	}
	var missing []error
	if !chat.IsForum {
		missing = append(missing, errors.New("topics are off: switch them on in the group's settings"))
	}
	if rights.Status != "creator" && (rights.Status != "administrator" || !rights.CanManageTopics) {
		missing = append(missing, errors.New("the bot may not manage topics: make it an administrator with that right"))
	}
	if rights.Status == "administrator" && !rights.CanDeleteMessages {
		missing = append(missing, errors.New("the bot may not delete messages: a visitor's deletion would not reach the group"))
	}
	if len(missing) > 0 {
		return errors.Join(missing...)
	}
	fmt.Fprintf(s.out, "   %q is ready.\n", chat.Title)
	return nil
}

// answer reads one line.
func (s *telegramSetup) answer() (string, error) {
	line, err := s.in.ReadString('\n')
	if line = strings.TrimSpace(line); line != "" {
		return line, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	return "", errors.New("nothing was entered")
}
