CREATE TABLE `signing_key_ids` (
	`key_id` text NOT NULL,
	`signing_key_id` integer NOT NULL,
	PRIMARY KEY(`key_id`, `signing_key_id`),
	FOREIGN KEY (`signing_key_id`) REFERENCES `signing_keys`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `signing_key_ids_key` ON `signing_key_ids` (`signing_key_id`);
--> statement-breakpoint
CREATE TABLE `commit_statuses` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`commit_oid` text NOT NULL,
	`context` text NOT NULL,
	`state` text NOT NULL,
	`description` text NOT NULL,
	`target_url` text NOT NULL,
	`creator_id` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`creator_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `commit_statuses_commit` ON `commit_statuses` (`repository_id`,`commit_oid`,`id`);
--> statement-breakpoint
CREATE TABLE `deleted_branches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`name` text NOT NULL,
	`commit_oid` text NOT NULL,
	`deleted_by` integer,
	`deleted_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`deleted_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `deleted_branches_repository` ON `deleted_branches` (`repository_id`,`id`);
--> statement-breakpoint
CREATE TABLE `lfs_locks` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`path` text NOT NULL,
	`path_hash` text NOT NULL,
	`user_id` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lfs_locks_path` ON `lfs_locks` (`repository_id`,`path_hash`);
--> statement-breakpoint
CREATE TABLE `lfs_objects` (
	`repository_id` integer NOT NULL,
	`oid` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`repository_id`, `oid`),
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `lfs_objects_oid` ON `lfs_objects` (`oid`);
--> statement-breakpoint
CREATE TABLE `release_assets` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`release_id` integer NOT NULL,
	`name` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`storage_key` text NOT NULL,
	`download_count` integer NOT NULL,
	`uploader_id` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`release_id`) REFERENCES `releases`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`uploader_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `release_assets_name` ON `release_assets` (`release_id`,`name`);
--> statement-breakpoint
CREATE UNIQUE INDEX `release_assets_storage_key` ON `release_assets` (`storage_key`);
--> statement-breakpoint
CREATE TABLE `releases` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`tag_name` text NOT NULL,
	`target` text NOT NULL,
	`title` text NOT NULL,
	`body` text NOT NULL,
	`is_draft` integer NOT NULL,
	`is_prerelease` integer NOT NULL,
	`author_id` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`published_at` integer,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `releases_tag` ON `releases` (`repository_id`,`tag_name`);
--> statement-breakpoint
CREATE INDEX `releases_published` ON `releases` (`repository_id`,`is_draft`,`published_at`,`id`);
--> statement-breakpoint
CREATE TABLE `symbol_indexes` (
	`repository_id` integer PRIMARY KEY NOT NULL,
	`commit_oid` text NOT NULL,
	`version` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `symbols` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`path` text NOT NULL,
	`path_hash` text NOT NULL,
	`line` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `symbols_name` ON `symbols` (`repository_id`,`name`);
--> statement-breakpoint
CREATE INDEX `symbols_path` ON `symbols` (`repository_id`,`path_hash`);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`token` text NOT NULL,
	`repository_id` integer NOT NULL,
	`release_id` integer,
	`user_id` integer NOT NULL,
	`name` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`received_bytes` integer NOT NULL,
	`storage_key` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`release_id`) REFERENCES `releases`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `uploads_token` ON `uploads` (`token`);
--> statement-breakpoint
CREATE INDEX `uploads_updated` ON `uploads` (`updated_at`);
--> statement-breakpoint
CREATE TABLE `viewed_files` (
	`user_id` integer NOT NULL,
	`repository_id` integer NOT NULL,
	`mark` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `repository_id`, `mark`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `viewed_files_repository` ON `viewed_files` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `viewed_files_created` ON `viewed_files` (`created_at`);
--> statement-breakpoint
CREATE TABLE `imports` (
	`repository_id` integer PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`sealed_credentials` blob,
	`lfs` integer NOT NULL,
	`mirror_minutes` integer,
	`state` text NOT NULL,
	`stage` text NOT NULL,
	`percent` integer NOT NULL,
	`error` text,
	`requested_by` integer,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE TABLE `mirrors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`repository_id` integer NOT NULL,
	`direction` text NOT NULL,
	`url` text NOT NULL,
	`sealed_credentials` blob,
	`interval_minutes` integer NOT NULL,
	`on_push` integer NOT NULL,
	`lfs` integer NOT NULL,
	`next_run_at` integer,
	`last_run_at` integer,
	`last_success_at` integer,
	`last_error` text,
	`failures` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mirrors_repository` ON `mirrors` (`repository_id`,`direction`);
--> statement-breakpoint
CREATE INDEX `mirrors_due` ON `mirrors` (`next_run_at`);
--> statement-breakpoint
CREATE TABLE `object_pools` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`storage_key` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `object_pools_storage_key` ON `object_pools` (`storage_key`);
--> statement-breakpoint
ALTER TABLE `repositories` ADD `parent_id` integer REFERENCES repositories(id) ON DELETE set null;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `network_id` integer;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `fork_count` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `pool_id` integer REFERENCES object_pools(id);
--> statement-breakpoint
ALTER TABLE `repositories` ADD `is_template` integer DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE `repositories` ADD `is_mirror` integer DEFAULT false NOT NULL;
--> statement-breakpoint
CREATE INDEX `repositories_parent` ON `repositories` (`parent_id`);
--> statement-breakpoint
CREATE INDEX `repositories_network` ON `repositories` (`network_id`);
--> statement-breakpoint
CREATE INDEX `repositories_pool` ON `repositories` (`pool_id`);
